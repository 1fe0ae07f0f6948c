"""Custom resource that ties an endpoint to its stack.

The endpoint is created by the function `deploy_model`, not by the stack. When the stack changes,
this function invokes `deploy_model`; when the stack is deleted, it deletes the endpoint.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from clients import client
from custom_resource import run_and_respond
from deadline import seconds_left

CHANGING = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")
POLL_SECONDS = 2
VARIANT = "AllTraffic"  # the name that `deploy_model` uses
CONFIG, MODEL = "endpoint_config", "model"
# The fields of the API that hold a name, and a list.
NAMES = {CONFIG: "EndpointConfigName", MODEL: "ModelName"}
LISTS = {CONFIG: "EndpointConfigs", MODEL: "Models"}


class NotEmptied(Exception):
    """The endpoint still exists; the message says why."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle a CloudFormation request.

    "Delete" deletes the endpoint; "Create" and "Update" invoke `deploy_model`.
    """
    properties = event["ResourceProperties"]
    endpoint = properties["EndpointName"]

    def work() -> str:
        if event["RequestType"] == "Delete":
            stop_scaling(client("application-autoscaling"), endpoint)
            empty(client("sagemaker"), endpoint, lambda: seconds_left(context))
            delete_alarms(client("cloudwatch"), endpoint)
            return f"{endpoint} is deleted"
        # Asynchronous: if the deployment fails, `deploy_model` publishes an alert.
        client("lambda").invoke(
            FunctionName=properties["DeployerArn"], InvocationType="Event", Payload=b"{}"
        )
        return f"{endpoint} is being updated to the settings of the stack"

    run_and_respond(event, physical_id=endpoint, work=work)


def stop_scaling(client: Any, endpoint: str) -> None:
    """Deregister the scalable target of the endpoint. No-op if it is not registered."""
    try:
        client.deregister_scalable_target(
            ServiceNamespace="sagemaker",
            ScalableDimension="sagemaker:variant:DesiredInstanceCount",
            ResourceId=f"endpoint/{endpoint}/variant/{VARIANT}",
        )
    except client.exceptions.ObjectNotFoundException:
        return


def empty(client: Any, endpoint: str, seconds_left: Callable[[], float]) -> None:
    """Delete the endpoint, its endpoint configurations and its models.

    An error is ignored if the resource is deleted or being deleted: an earlier call deleted it,
    and its response was lost.

    Raises:
        NotEmptied: there was no time left.
    """
    while (status := _status(client, endpoint)) is not None:
        if status not in CHANGING:
            _delete_endpoint(client, endpoint)
        if seconds_left() <= 0:
            raise NotEmptied(f"{endpoint} is still {status}; delete the stack again")
        time.sleep(POLL_SECONDS)
    for kind in (CONFIG, MODEL):
        for name in _named(client, kind, endpoint):
            _delete(client, kind, endpoint, name)


def delete_alarms(client: Any, endpoint: str) -> None:
    """Delete the alarms of deployments, which the deletion interrupted. No-op without alarms."""
    pages = client.get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{endpoint}-v")
    pattern = _pattern(endpoint, suffix="-[a-z]+")
    names = [alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]]
    for name in filter(pattern.fullmatch, names):
        client.delete_alarms(AlarmNames=[name])


def _delete_endpoint(client: Any, endpoint: str) -> None:
    try:
        client.delete_endpoint(EndpointName=endpoint)
    except ClientError:
        if _status(client, endpoint) not in (None, "Deleting"):
            raise


def _delete(client: Any, kind: str, endpoint: str, name: str) -> None:
    try:
        getattr(client, f"delete_{kind}")(**{NAMES[kind]: name})
    except ClientError:
        if name in _named(client, kind, endpoint):
            raise


def _status(client: Any, endpoint: str) -> str | None:
    """Return the status of the endpoint, or None if it does not exist."""
    try:
        return str(client.describe_endpoint(EndpointName=endpoint)["EndpointStatus"])
    except ClientError as error:
        if "Could not find" in error.response["Error"]["Message"]:
            return None
        raise


def _named(client: Any, kind: str, endpoint: str) -> list[str]:
    """List the names that `deploy_model` created for this endpoint.

    The pattern excludes other endpoints whose names contain the name of this one.
    """
    pages = client.get_paginator(f"list_{kind}s").paginate(NameContains=f"{endpoint}-v")
    names = [entry[NAMES[kind]] for page in pages for entry in page[LISTS[kind]]]
    return list(filter(_pattern(endpoint).fullmatch, names))


def _pattern(endpoint: str, *, suffix: str = "") -> re.Pattern[str]:
    return re.compile(re.escape(endpoint) + r"-v\d+-[0-9a-f]{8}" + suffix)
