"""The AWS SDK of Lambda's Python runtime, which may be older than the botocore of this machine.

The version in the runtime depends on the region. AWS does not publish the version
(https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html, "Runtime-included SDK versions").
Here it is botocore 1.42.63 (6 March 2026) for the services below.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import botocore

# The folder of the service models, in the state folder.
RUNTIME_MODELS = "lambda-sdk"
# Service -> shape -> the members that botocore 1.42.63 does not have.
_NEWER_MEMBERS: dict[str, dict[str, tuple[str, ...]]] = {
    "redshift-data": {
        "BatchExecuteStatementInput": ("ExecutionMode", "Parameters", "WaitTimeSeconds"),
        "DescribeStatementRequest": ("WaitTimeSeconds",),
        "ExecuteStatementInput": ("WaitTimeSeconds",),
        "GetStatementResultRequest": ("WaitTimeSeconds",),
        "GetStatementResultV2Request": ("WaitTimeSeconds",),
    },
}


def write_models(folder: Path) -> None:
    """Write the older service models to `folder`, for use as AWS_DATA_PATH.

    botocore reads AWS_DATA_PATH before its own models. A function that contains its own models
    passes their path to botocore, which then does not read AWS_DATA_PATH.
    """
    for service, shapes in _NEWER_MEMBERS.items():
        versions = Path(botocore.__file__).parent / "data" / service
        (source,) = versions.glob("*/service-2.json.gz")
        target = folder / service / source.parent.name / "service-2.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        model = json.loads(gzip.decompress(source.read_bytes()))
        target.write_text(json.dumps(_without(model, shapes)))


def _without(model: dict[str, Any], newer: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    for shape, members in newer.items():
        for member in members:
            del model["shapes"][shape]["members"][member]
    return model
