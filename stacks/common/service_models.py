"""The models of AWS services that are deployed with functions.

The version of the SDK in Lambda's Python runtime depends on the region, and AWS does not publish
it. A function with newer requests is deployed with the model of that service
(docs/decisions/0024-functions-bring-the-service-models-they-need.md).
"""

from __future__ import annotations

import gzip
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path

_FOLDER = "service_models"
# The variable with the folder of the models. botocore reads this folder before the models of the
# runtime, and expands Lambda's variable in the path (botocore/loaders.py).
VARIABLES = {"AWS_DATA_PATH": f"$LAMBDA_TASK_ROOT/{_FOLDER}"}


def write_service_models(code: Path, services: Collection[str]) -> None:
    """Write the models of `services` below the folder `code` of a function.

    They are those of the installed botocore, whose version requirements.txt pins.
    """
    for service in services:
        (source,) = (_installed_models() / service).glob("*/service-2.json.gz")
        target = code / _FOLDER / service / source.parent.name / "service-2.json"
        target.parent.mkdir(parents=True)
        target.write_bytes(gzip.decompress(source.read_bytes()))


def _installed_models() -> Path:
    """Return the folder of botocore's models, without a slow import of botocore."""
    found = find_spec("botocore")
    assert found is not None and found.origin is not None, "requirements.txt pins botocore"
    return Path(found.origin).parent / "data"
