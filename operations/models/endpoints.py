"""The endpoints of an environment, and the model packages that are in service.

The deployer of the app names the configurations after the versions (lambda/deploy_model).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from operations import NotFound
from operations.environment_clients import EnvironmentClients
from operations.models.packages import APPROVED, packages_of

# The output of a stack with the name of its endpoint, which may not exist yet.
_ENDPOINT_OUTPUT = "EndpointName"
# The name of a configuration, which the deployer creates: <endpoint>-v<version>-<hash>.
_CONFIGURATION = re.compile(r"-v(\d+)-[0-9a-f]{8}$")
# The tag of an endpoint configuration with the ARN of its model package.
_PACKAGE_TAG = "ModelPackage"
# The tag of an endpoint configuration with the reason of its failed deployment.
_FAILURE_TAG = "DeploymentFailed"
# The property of a model package with the reason why the deployer does not use it.
REFUSED = "deployment_refused"


@dataclass(frozen=True)
class EndpointStatus:
    """An endpoint, the version in service, and the packages whose deployment failed (`failures`).

    `status` is None before the first deployment, and `version` if no version is in service.
    `package_arn` is also None if the package was deleted.
    """

    endpoint: str
    status: str | None = None
    version: int | None = None
    package_arn: str | None = None
    instances: int = 0
    variants: tuple[str, ...] = ()
    failures: Mapping[str, str] | None = None


def find_endpoint(aws: EnvironmentClients, name: str) -> str:
    """Return the full name of an endpoint: `tickit` is that of the environment.

    Raises `NotFound` with the existing endpoints.
    """
    names = list(endpoint_stacks(aws)) + _created(aws)
    for full in (f"{aws.prefix}{name}", name):
        if full in names:
            return full
    there = ", ".join(sorted({aws.short(each) for each in names})) or "none"
    raise NotFound(
        f"{name!r} does not identify one endpoint. Deployed to {aws.name}: {there}. "
        "Deploy a stack with an endpoint, or create one."
    )


def endpoint_names(aws: EnvironmentClients) -> list[str]:
    """Return the existing endpoints, and the endpoints in the outputs of deployed stacks."""
    return sorted({*endpoint_stacks(aws), *_created(aws)})


def endpoint_stacks(aws: EnvironmentClients) -> dict[str, str]:
    """Return the endpoints in the outputs of the environment's stacks, with the stacks' names."""
    return {
        output["OutputValue"]: stack["StackName"]
        for stack in aws.pages("cloudformation", "describe_stacks", "Stacks")
        if stack["StackName"].startswith(aws.prefix)
        for output in stack.get("Outputs", [])
        if output["OutputKey"] == _ENDPOINT_OUTPUT
    }


def _created(aws: EnvironmentClients) -> list[str]:
    found = aws.pages("sagemaker", "list_endpoints", "Endpoints", NameContains=aws.prefix)
    names = (str(each["EndpointName"]) for each in found)
    return [name for name in names if name.startswith(aws.prefix)]


def endpoint_status(client: Any, endpoint: str) -> EndpointStatus:
    """Return the status of the endpoint and the package in service."""
    try:
        found = client.describe_endpoint(EndpointName=endpoint)
    except ClientError as error:
        if "Could not find" in error.response["Error"]["Message"]:
            return EndpointStatus(endpoint)
        raise
    variants, version = found.get("ProductionVariants", []), served_version(found)
    packages = packages_of(client, endpoint) if version else []
    return EndpointStatus(
        endpoint,
        status=found["EndpointStatus"],
        version=version,
        package_arn=next((each.arn for each in packages if each.version == version), None),
        instances=sum(variant.get("CurrentInstanceCount", 0) for variant in variants),
        variants=tuple(variant["VariantName"] for variant in variants),
        failures=_failures(client, endpoint),
    )


def served_version(described: Mapping[str, Any]) -> int | None:
    """Return the version in service of a described endpoint, also while it is updated.

    None if the endpoint is being created or has failed, or if the deployer did not create its
    configuration.
    """
    found = _CONFIGURATION.search(described["EndpointConfigName"])
    answers = described["EndpointStatus"] not in ("Creating", "Failed")
    return int(found[1]) if found and answers else None


def _failures(client: Any, endpoint: str) -> dict[str, str]:
    return {**_failed_deployments(client, endpoint), **_refused_packages(client, endpoint)}


def _refused_packages(client: Any, group: str) -> dict[str, str]:
    """Return ARN -> reason of the approved packages that the app refused."""
    arns = [each.arn for each in packages_of(client, group) if each.status == APPROVED]
    described = {arn: client.describe_model_package(ModelPackageName=arn) for arn in arns}
    properties = {arn: d.get("CustomerMetadataProperties") or {} for arn, d in described.items()}
    return {arn: own[REFUSED] for arn, own in properties.items() if REFUSED in own}


def _failed_deployments(client: Any, endpoint: str) -> dict[str, str]:
    pages = client.get_paginator("list_endpoint_configs").paginate(NameContains=endpoint)
    arns = [config["EndpointConfigArn"] for page in pages for config in page["EndpointConfigs"]]
    tags = [_tags(client, arn) for arn in arns]
    failed = [each for each in tags if {_FAILURE_TAG, _PACKAGE_TAG} <= set(each)]
    return {each[_PACKAGE_TAG]: each[_FAILURE_TAG] for each in failed}


def _tags(client: Any, arn: str) -> dict[str, str]:
    pages = client.get_paginator("list_tags").paginate(ResourceArn=arn)
    return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
