"""Compile a pipeline's definition to JSON: what the child process does."""

import contextlib
import importlib
import json
import sys
from collections.abc import Mapping
from typing import Any

from pipeline_code.definition.names import IMAGES
from pipeline_code.definition.options import check_options
from pipeline_code.pipelines import package_of


def compile_definition(name: str, options: Mapping[str, str]) -> dict[str, Any]:
    """Give the definition of the pipeline `name` as {"body": …, "image_uris": …}.

    Equal sources and options give equal results. Whatever the SDK prints goes to standard error.

    Raises:
        OptionError: the pipeline has no such option, or not this value of it.
    """
    with contextlib.redirect_stdout(sys.stderr):
        module = importlib.import_module(f"{package_of(name)}.pipeline")
        check_options(name, module.pipeline, options)
        body = json.loads(module.pipeline(**options).definition())
        image_uris = _image_uris(body)
    body = {key: value for key, value in body.items() if value is not None}
    return {"body": body, "image_uris": image_uris}


def _image_uris(body: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Regional URIs of the images whose parameters the definition declares."""
    declared = [parameter["Name"] for parameter in body["Parameters"]]
    used = {name: IMAGES[name] for name in declared if name in IMAGES}
    if not used:
        return {}
    from pipeline_code.definition.images import regional_uris  # imports the SDK: seconds

    return {name: regional_uris(image) for name, image in used.items()}
