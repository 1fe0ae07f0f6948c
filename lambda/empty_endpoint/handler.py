"""Removes an endpoint before its stack is deleted, and wakes the deployer when the stack changes.

A custom resource of CloudFormation: the endpoint itself is made by the deployer, not by the stack.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from clients import client
from custom_resource import carry_out
from deadline import seconds_left

CHANGING = ("Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting")
LOOK_AGAIN_SECONDS = 2
VARIANT = "AllTraffic"  # as the deployer names it
CONFIG, MODEL = "endpoint_config", "model"
# How the API calls the name of one, and the list of them.
NAMES = {CONFIG: "EndpointConfigName", MODEL: "ModelName"}
LISTS = {CONFIG: "EndpointConfigs", MODEL: "Models"}


class NotEmptied(Exception):
    """The endpoint is still there; the message says why."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Answer CloudFormation: Delete removes the endpoint, Create and Update wake the deployer."""
    properties = event["ResourceProperties"]
    endpoint = properties["EndpointName"]

    def work() -> str:
        if event["RequestType"] == "Delete":
            stop_scaling(client("application-autoscaling"), endpoint)
            empty(client("sagemaker"), endpoint, lambda: seconds_left(context))
            return f"{endpoint} is gone"
        # It is not waited for: what goes wrong is told by the deployer, to people.
        client("lambda").invoke(
            FunctionName=properties["DeployerArn"], InvocationType="Event", Payload=b"{}"
        )
        return f"{endpoint} follows the stack"

    carry_out(event, physical_id=endpoint, work=work)


def stop_scaling(client: Any, endpoint: str) -> None:
    """Deregister the endpoint's variant, if it is scaled: nothing changes it any more."""
    try:
        client.deregister_scalable_target(
            ServiceNamespace="sagemaker",
            ScalableDimension="sagemaker:variant:DesiredInstanceCount",
            ResourceId=f"endpoint/{endpoint}/variant/{VARIANT}",
        )
    except client.exceptions.ObjectNotFoundException:
        return  # it is not scaled


def empty(client: Any, endpoint: str, seconds_left: Callable[[], float]) -> None:
    """Delete the endpoint and what was made for it.

    What is gone, or going, although its deletion was refused was deleted before: an answer was
    lost.

    Raises:
        NotEmptied: time ran out.
    """
    while (status := _status(client, endpoint)) is not None:
        if status not in CHANGING:
            _delete_endpoint(client, endpoint)
        if seconds_left() <= 0:
            raise NotEmptied(f"{endpoint} is still {status}: delete again")
        time.sleep(LOOK_AGAIN_SECONDS)
    for kind in (CONFIG, MODEL):
        for name in _named(client, kind, endpoint):
            _delete(client, kind, endpoint, name)


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
    """The status of the endpoint; None if there is none."""
    try:
        return str(client.describe_endpoint(EndpointName=endpoint)["EndpointStatus"])
    except ClientError as error:
        if "Could not find" in error.response["Error"]["Message"]:
            return None
        raise


def _named(client: Any, kind: str, endpoint: str) -> list[str]:
    """The names that the deployer made; those of another endpoint may hold ours."""
    pages = client.get_paginator(f"list_{kind}s").paginate(NameContains=f"{endpoint}-v")
    names = [entry[NAMES[kind]] for page in pages for entry in page[LISTS[kind]]]
    made = re.compile(re.escape(endpoint) + r"-v\d+-[0-9a-f]{8}")
    return [name for name in names if made.fullmatch(name)]
