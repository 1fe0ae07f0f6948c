"""Custom::*: custom resources, each managed by a function of the app."""

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
# A response that the function sends right before it ends may arrive after its end.
_GRACE_SECONDS = 2.0


class CustomResourceFailed(LocalCloudError):
    """The function reported FAILED, sent an invalid response, or sent no response."""


class CustomResource(ServiceResource):
    """A resource of type Custom::*, managed by the function in ServiceToken.

    The function receives the event of CloudFormation and sends its response to ResponseURL. If
    the function ends without a response, the resource fails immediately. (AWS waits until the
    ServiceTimeout.)
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
    """

    TYPE = "Custom::"
    PROPERTIES = frozenset()

    @classmethod
    def check(cls, properties: Properties) -> None:
        """Check ServiceToken. The function defines all other properties."""
        if "ServiceToken" not in properties:
            raise CustomResourceFailed("a custom resource needs a ServiceToken")

    @classmethod
    def must_be_replaced(cls, before: Properties, after: Properties) -> bool:
        """Return False: to request a replacement, the function returns a new id."""
        return False

    def create(self) -> None:
        """Send RequestType Create."""
        self._request("Create")

    def update(self, before: Self) -> None:
        """Send RequestType Update."""
        self._request("Update", OldResourceProperties=_texts(before.properties))

    def remove(self) -> None:
        """Send RequestType Delete."""
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
            # Keep the id, because the roll-back sends it to the function with RequestType Delete.
            self.physical_resource_id = given or self.physical_resource_id
            raise CustomResourceFailed(
                f"Received response status [{answer.get('Status')}] from custom resource. "
                f"Message returned: {answer.get('Reason', 'no reason given')}"
            )
        if not given:
            raise CustomResourceFailed("Invalid PhysicalResourceId: the response does not have one")
        self.physical_resource_id = given
        self.attributes = answer.get("Data") or {}


def _answer(resource: CustomResource, token: str, event: Properties) -> Properties:
    """Invoke the function and return its response."""
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
    # The function responds right before it ends. Wait until its log is written with its role.
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
    """Run the function. If it fails, add the reason to `failure`."""
    account = resource.stack_id.split(":")[4]
    try:
        function = lambda_backends[account][resource.region].get_function(event["ServiceToken"])
        outcome, _ = function.run(json.dumps(event))
    except Exception as error:  # boundary of a thread: the waiting thread raises it
        failure.append(reason(error))
    else:
        failure.extend([outcome.payload] if outcome.failed else [])


def _read(sent: bytes) -> Properties:
    try:
        answer: Properties = json.loads(sent)
    except ValueError as error:
        raise CustomResourceFailed(f"the response is not JSON: {sent[:200]!r}") from error
    return answer


def _texts(value: Any) -> Any:
    """Convert properties as CloudFormation does: every scalar becomes a string."""
    if isinstance(value, dict):
        return {name: _texts(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
