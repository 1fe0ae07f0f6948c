"""Custom resources, and the functions that create, update and delete them for CloudFormation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.common.python_function import Caller, PythonFunction
from stacks.config import Retention

# The maximum timeout of a Lambda function.
TIMEOUT = cdk.Duration.minutes(15)


def resource_function(
    scope: Construct,
    *,
    handler: str,
    description: str,
    key: kms.IKey,
    retention: Retention,
    shared: Sequence[str] = (),
    files: Mapping[str, str] | None = None,
) -> PythonFunction:
    """Create the function that responds to CloudFormation.

    It uses `lambda/shared/custom_resource.py`. `shared` are further modules of `lambda/shared`.
    `files` (name -> text) are added to the code.
    """
    return PythonFunction(
        scope,
        "Function",
        handler=handler,
        shared=("custom_resource", *shared),
        description=description,
        timeout=TIMEOUT,
        retention=retention,
        key=key,
        caller=Caller.CLOUDFORMATION,
        files=files,
    )


def custom_resource(
    scope: Construct,
    name: str,
    *,
    kind: str,
    worker: PythonFunction,
    granted: iam.Policy,
    properties: Mapping[str, Any],
) -> cdk.CustomResource:
    """Create a resource of type `Custom::<kind>`, which `worker` creates, updates and deletes.

    It is created after `granted`, the permissions of the function, and deleted before them.
    """
    resource = cdk.CustomResource(
        scope,
        name,
        resource_type=f"Custom::{kind}",
        service_token=worker.function.function_arn,
        service_timeout=TIMEOUT,
        properties=properties,
    )
    resource.node.add_dependency(granted)
    return resource
