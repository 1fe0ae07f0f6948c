"""Custom::*: resources that a function of the app makes."""

from __future__ import annotations

import json
import threading
import time
import uuid
from typing import Any, Self

from moto.awslambda.models import lambda_backends

from local_cloud.errors import LocalCloudError, reason
from local_cloud.resources.base import Properties, ServiceResource
from local_cloud.response_urls import PATH, RESPONSE_URLS

_DEFAULT_TIMEOUT_SECONDS = 3600
_POLL_SECONDS = 0.1
# What a function sends right before it ends may still be on its way.
_GRACE_SECONDS = 2.0


class CustomResourceFailed(LocalCloudError):
    """The function said FAILED, answered nonsense, or did not answer."""


class CustomResource(ServiceResource):
    """A resource of type Custom::*, made by the function that ServiceToken names.

    The function gets the service's event and answers to ResponseURL. Unlike the service, which
    would wait until ServiceTimeout, a function that ended without an answer fails at once.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
    """

    TYPE = "Custom::"
    PROPERTIES = frozenset()

    @classmethod
    def check(cls, properties: Properties) -> None:
        """Everything but ServiceToken belongs to the function."""
        if "ServiceToken" not in properties:
            raise CustomResourceFailed("a custom resource needs a ServiceToken")

    @classmethod
    def must_be_replaced(cls, before: Properties, after: Properties) -> bool:
        """Never: the function decides, by answering an update with another id."""
        return False

    def create(self) -> None:
        """Ask for RequestType Create."""
        self._request("Create")

    def update(self, before: Self) -> None:
        """Ask for RequestType Update."""
        self._request("Update", OldResourceProperties=_texts(before.properties))

    def remove(self) -> None:
        """Ask for RequestType Delete."""
        self._request("Delete")

    def _request(self, request_type: str, **more: Any) -> None:
        token = RESPONSE_URLS.open()
        event = {
            "RequestType": request_type,
            "ServiceToken": self.properties["ServiceToken"],
            "ResponseURL": f"{self.cloud.endpoint}{PATH}{token}",
            "StackId": self.stack_id,
            "RequestId": str(uuid.uuid4()),
            "LogicalResourceId": self.logical_resource_id,
            "ResourceType": self.kind,
            "ResourceProperties": _texts(self.properties),
            **more,
        }
        if self.physical_resource_id:
            event["PhysicalResourceId"] = self.physical_resource_id
        try:
            self._read_response(_answer(self, token, event))
        finally:
            RESPONSE_URLS.close(token)

    def _read_response(self, answer: Properties) -> None:
        given = answer.get("PhysicalResourceId")
        if answer.get("Status") != "SUCCESS":
            # The id is kept: the roll-back asks the function to delete it.
            self.physical_resource_id = given or self.physical_resource_id
            raise CustomResourceFailed(
                f"Received response status [{answer.get('Status')}] from custom resource. "
                f"Message returned: {answer.get('Reason', 'no reason given')}"
            )
        if not given:
            raise CustomResourceFailed("Invalid PhysicalResourceId: the answer has none")
        self.physical_resource_id = given
        self.attributes = answer.get("Data") or {}


def _answer(resource: CustomResource, token: str, event: Properties) -> Properties:
    """Invoke the function and return what it sent."""
    failure: list[str] = []
    thread = threading.Thread(
        target=_invoke, args=(resource, event, failure), name=f"custom-{token}", daemon=True
    )
    thread.start()
    timeout = float(resource.properties.get("ServiceTimeout", _DEFAULT_TIMEOUT_SECONDS))
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline and not RESPONSE_URLS.wait(token, _POLL_SECONDS):
        if not thread.is_alive() and not RESPONSE_URLS.wait(token, _GRACE_SECONDS):
            break
    # A function answers right before it ends: let it write its log while its role is there.
    thread.join(_GRACE_SECONDS)
    sent = RESPONSE_URLS.close(token)
    if sent is None:
        why = f": {failure[0]}" if failure else ""
        raise CustomResourceFailed(
            "CloudFormation did not receive a response from your Custom Resource "
            f"within {timeout:g} s{why}. "
            f"Please check your logs for requestId [{event['RequestId']}]"
        )
    return _read(sent)


def _invoke(resource: CustomResource, event: Properties, failure: list[str]) -> None:
    """Run the function; how it failed goes into `failure`."""
    account = resource.stack_id.split(":")[4]
    try:
        function = lambda_backends[account][resource.region].get_function(event["ServiceToken"])
        outcome, _ = function.run(json.dumps(event))
    except Exception as error:  # the edge of a thread: told to the one who waits
        failure.append(reason(error))
    else:
        failure.extend([outcome.payload] if outcome.failed else [])


def _read(sent: bytes) -> Properties:
    try:
        answer: Properties = json.loads(sent)
    except ValueError as error:
        raise CustomResourceFailed(f"the answer is not JSON: {sent[:200]!r}") from error
    return answer


def _texts(value: Any) -> Any:
    """Properties as the service sends them: every scalar is a string."""
    if isinstance(value, dict):
        return {name: _texts(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
