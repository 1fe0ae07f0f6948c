"""Versions of tickit's model: registration, approval, and the one that the endpoint serves."""

from __future__ import annotations

import json

from operations.models.endpoints import endpoint_status
from tests.faults.watching import physical_id

TICKIT = "redline-local-tickit"


def decide(laptop, package, status):
    laptop.client("sagemaker").update_model_package(
        ModelPackageArn=package, ModelApprovalStatus=status
    )


def described(laptop, arn):
    return laptop.client("sagemaker").describe_model_package(ModelPackageName=arn)


def version(package):
    return int(package.rpartition("/")[2])


def registered_by(laptop, execution):
    """Return the package that an execution has registered."""
    found = laptop.client("sagemaker").list_pipeline_execution_steps(PipelineExecutionArn=execution)
    (arn,) = [
        step["Metadata"]["RegisterModel"]["Arn"]
        for step in found["PipelineExecutionSteps"]
        if "RegisterModel" in step.get("Metadata", {})
    ]
    return arn


def rejection_of(package, found):
    """Return the message with the event of a package's rejection."""
    for letter in found:
        detail = json.loads(letter["Body"])["detail"]
        if (detail.get("ModelPackageArn"), detail.get("ModelApprovalStatus")) == (
            package,
            "Rejected",
        ):
            return letter
    return None


def answering(laptop):
    """Return the package that the endpoint serves when it is not updating."""
    now = endpoint_status(laptop.client("sagemaker"), TICKIT)
    return now.package_arn if now.status == "InService" else None


def configurations_of(laptop, package):
    """Return the endpoint configurations of a version."""
    found = laptop.client("sagemaker").list_endpoint_configs(
        NameContains=f"{TICKIT}-v{version(package)}-"
    )
    return found["EndpointConfigs"]


def calls_of_the_deployer(laptop):
    """Return how often the deployer has completed."""
    function = physical_id(laptop, "tickit-serving", "DeployerFunction")
    configuration = laptop.client("lambda").get_function_configuration(FunctionName=function)
    pages = laptop.client("logs").get_paginator("filter_log_events")
    group = configuration["LoggingConfig"]["LogGroup"]
    return sum(
        event["message"].startswith("REPORT")
        for page in pages.paginate(logGroupName=group)
        for event in page["events"]
    )
