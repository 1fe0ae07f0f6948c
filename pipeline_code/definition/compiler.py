"""Compile a pipeline's definition to JSON: what the child process does (needs the SDK)."""

import contextlib
import importlib
import json
import sys
from typing import Any

from pipeline_code.definition.names import IMAGES


def compile_definition(name: str) -> dict[str, Any]:
    """Give the definition of `pipeline_code.<name>.pipeline` as {"body": …, "image_uris": …}.

    Equal sources give equal results. Whatever the SDK prints goes to standard error.
    """
    with contextlib.redirect_stdout(sys.stderr):
        from pipeline_code.definition.images import regional_uris

        module = importlib.import_module(f"pipeline_code.{name}.pipeline")
        body = json.loads(module.pipeline().definition())
        declared = [parameter["Name"] for parameter in body["Parameters"]]
        uris = {key: regional_uris(IMAGES[key]) for key in declared if key in IMAGES}
    body = {key: value for key, value in body.items() if value is not None}
    return {"body": body, "image_uris": uris}
