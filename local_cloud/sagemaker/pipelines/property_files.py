"""The locations and contents of property files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.sagemaker.exceptions import ExpressionError
from local_cloud.sagemaker.jobs.s3_transfers import split_uri
from local_cloud.sagemaker.pipelines.definition_model import PropertyFile
from local_cloud.sagemaker.pipelines.property_paths import Token


def uri_of(file: PropertyFile, step_property: Callable[[list[Token]], Any]) -> str:
    """Return the S3 URI of a property file: the URI of the output and the path in it."""
    path: list[Token] = ["ProcessingOutputConfig", "Outputs", file.output_name]
    output: str = step_property([*path, "S3Output", "S3Uri"])
    return f"{output.rstrip('/')}/{file.file_path}"


def read_json(s3: Any, uri: str) -> Any:
    """Return the JSON document at an S3 URI. Raises `ExpressionError`."""
    bucket, key = split_uri(uri)
    try:
        return json.load(s3.get_object(Bucket=bucket, Key=key)["Body"])
    except ClientError as error:
        raise ExpressionError(f"{uri} cannot be read: {error}") from error
    except (RecursionError, ValueError) as error:
        raise ExpressionError(f"{uri} is not JSON: {error}") from error
