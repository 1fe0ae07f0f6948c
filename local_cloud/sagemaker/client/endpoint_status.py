"""Finds endpoints and model packages by short names, and the package that is in service.

An app that deploys its own endpoints records the served packages in tags (`app_settings.Serving`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.app_settings import Serving
from local_cloud.context import Cloud
from local_cloud.errors import LocalCloudError
from local_cloud.sagemaker.client.name_lookup import single_match

PENDING = "PendingManualApproval"
APPROVED = "Approved"
REJECTED = "Rejected"
_USUAL = Serving()


@dataclass(frozen=True)
class ModelPackage:
    """A version of a model package group."""

    arn: str
    group: str
    version: int
    status: str


@dataclass(frozen=True)
class EndpointStatus:
    """An endpoint, the package in service, and the packages whose deployment failed (`failures`).

    `status` is None before the first deployment.
    """

    endpoint: str
    status: str | None = None
    package_arn: str | None = None
    instances: int = 0
    failures: Mapping[str, str] | None = None


def find_package(client: Any, name: str, *, status: str | None = None) -> ModelPackage:
    """Find a package by ARN, by group and version, or as the newest of a group or a pipeline.

    A group is named by its full name or the last part of it. With `status`, only packages with this
    status are considered. Raises `LocalCloudError` with the existing packages.
    """
    if name.startswith("arn:"):
        name = name.partition("model-package/")[2]
    wanted, _, version = name.partition("/")
    group = _find_group(client, wanted)
    packages = packages_of(client, group)
    for package in packages:
        if str(package.version) == version if version else status in (None, package.status):
            return package
    there = ", ".join(f"version {each.version} ({each.status})" for each in packages) or "none"
    what = f"version {version}" if version else f"package that is {status}"
    raise LocalCloudError(
        f"{group} has no {what}; it has: {there}. Name one as {group}/VERSION, or train another."
    )


def packages_of(client: Any, group: str) -> list[ModelPackage]:
    """Return the packages of a group, the newest first."""
    pages = client.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    found = [_package(each) for page in pages for each in page["ModelPackageSummaryList"]]
    return sorted(found, key=lambda package: package.version, reverse=True)


def find_endpoint(cloud: Cloud, name: str, serving: Serving) -> str:
    """Find an endpoint by its full name or the last part of it.

    Raises `LocalCloudError` with the existing endpoints.
    """
    remedy = "Deploy a stack with an endpoint, or create one."
    return single_match(name, endpoint_names(cloud, serving), what="endpoint", remedy=remedy)


def endpoint_names(cloud: Cloud, serving: Serving) -> list[str]:
    """Return the existing endpoints, and the endpoints in the outputs of deployed stacks."""
    stacks = cloud.client("cloudformation").get_paginator("describe_stacks").paginate()
    named = {
        output["OutputValue"]
        for page in stacks
        for stack in page["Stacks"]
        for output in stack.get("Outputs", [])
        if output["OutputKey"] == serving.endpoint_output
    }
    pages = cloud.client("sagemaker").get_paginator("list_endpoints").paginate()
    created = {each["EndpointName"] for page in pages for each in page["Endpoints"]}
    return sorted(named | created)


def endpoint_status(client: Any, endpoint: str, serving: Serving = _USUAL) -> EndpointStatus:
    """Return the status of the endpoint and the package in service."""
    try:
        found = client.describe_endpoint(EndpointName=endpoint)
    except ClientError as error:
        if "Could not find" in error.response["Error"]["Message"]:
            return EndpointStatus(endpoint)
        raise
    variants = found.get("ProductionVariants", [])
    return EndpointStatus(
        endpoint,
        status=found["EndpointStatus"],
        package_arn=_tags(client, found["EndpointArn"]).get(serving.package_tag),
        instances=sum(variant.get("CurrentInstanceCount", 0) for variant in variants),
        failures=_failures(client, endpoint, serving),
    )


def _failures(client: Any, endpoint: str, serving: Serving) -> dict[str, str]:
    return {
        **_failed_deployments(client, endpoint, serving),
        **_refused_packages(client, endpoint, serving),
    }


def _refused_packages(client: Any, group: str, serving: Serving) -> dict[str, str]:
    """Return ARN -> reason of the approved packages that the app refused."""
    arns = [each.arn for each in packages_of(client, group) if each.status == APPROVED]
    described = {arn: client.describe_model_package(ModelPackageName=arn) for arn in arns}
    properties = {arn: d.get("CustomerMetadataProperties") or {} for arn, d in described.items()}
    key = serving.refusal_property
    return {arn: own[key] for arn, own in properties.items() if key in own}


def _failed_deployments(client: Any, endpoint: str, serving: Serving) -> dict[str, str]:
    pages = client.get_paginator("list_endpoint_configs").paginate(NameContains=endpoint)
    arns = [config["EndpointConfigArn"] for page in pages for config in page["EndpointConfigs"]]
    tags = [_tags(client, arn) for arn in arns]
    failed = [each for each in tags if {serving.failure_tag, serving.package_tag} <= set(each)]
    return {each[serving.package_tag]: each[serving.failure_tag] for each in failed}


def _tags(client: Any, arn: str) -> dict[str, str]:
    pages = client.get_paginator("list_tags").paginate(ResourceArn=arn)
    return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


def _package(summary: Mapping[str, Any]) -> ModelPackage:
    arn = summary["ModelPackageArn"]
    group, _, version = arn.partition("model-package/")[2].partition("/")
    return ModelPackage(arn, group, int(version), summary["ModelApprovalStatus"])


def _find_group(client: Any, name: str) -> str:
    pages = client.get_paginator("list_model_package_groups").paginate()
    groups = [
        group["ModelPackageGroupName"]
        for page in pages
        for group in page["ModelPackageGroupSummaryList"]
    ]
    remedy = "Deploy the pipeline with `python -m local_cloud deploy`."
    return single_match(name, groups, what="model package group", remedy=remedy)
