"""Event source mappings: invoke functions with the messages of queues.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from moto.awslambda import urls
from moto.awslambda.exceptions import InvalidParameterValueException, UnknownFunctionException
from moto.awslambda.models import EventSourceMapping, LambdaBackend, lambda_backends
from moto.sqs.models import sqs_backends

from local_cloud.authorization.authorizer import NotAuthorized
from local_cloud.authorization.context_keys import via
from local_cloud.authorization.request_permissions import queue_key
from local_cloud.authorization.service_calls import require_role_permission
from local_cloud.context import ACCOUNT_ID
from local_cloud.errors import LocalCloudError
from local_cloud.events.delayed_calls import DelayedCalls
from local_cloud.events.delivery_faults import delivery_delays
from local_cloud.functions.batch_response import InvalidBatchResponse, failed_messages
from local_cloud.moto_lock import MOTO

logger = logging.getLogger(__name__)

_SERVICE = "sqs.amazonaws.com"
_INTERVAL_SECONDS = 0.2
_WORKERS = 4
_REQUIRED_ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


class LaptopMapping(EventSourceMapping):  # type: ignore[misc]  # moto is untyped here
    """A mapping that says why its last messages were not read.

    AWS documents LastProcessingResult as "the result of the event source mapping's last processing
    attempt", and no State other than Enabled for a role that has lost a permission.
    https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html
    """

    problem: str | None = None

    def get_configuration(self) -> dict[str, Any]:
        """Return the response of GetEventSourceMapping."""
        configuration: dict[str, Any] = super().get_configuration()
        result = None if self.problem is None else f"PROBLEM: {self.problem}"
        return {**configuration, "LastProcessingResult": result}


class LaptopLambdaBackend(LambdaBackend):  # type: ignore[misc]  # moto is untyped here
    """moto's Lambda. The poller reads the queues of mappings; other sources are rejected."""

    @property
    def _url_module(self) -> Any:
        return urls

    def create_event_source_mapping(self, spec: dict[str, Any]) -> Any:
        """Create a mapping of a queue. The settings are checked as Lambda checks them."""
        source = str(spec.get("EventSourceArn"))
        if source.split(":")[2:3] != ["sqs"]:
            raise InvalidParameterValueException(
                f"the laptop cloud does not support the event source {source}; use an SQS queue"
            )
        mapping = super().create_event_source_mapping(spec)
        # Otherwise moto would call the function during SendMessage.
        queue = self._queue(source)
        queue.lambda_event_source_mappings.clear()
        try:
            self._check(queue, self.get_function(mapping.function_arn))
        except InvalidParameterValueException:
            self.delete_event_source_mapping(mapping.uuid)
            raise
        return mapping

    def mappings(self) -> list[Any]:
        """Return the enabled mappings."""
        every = list(self._event_source_mappings.values())
        return [mapping for mapping in every if mapping.enabled]

    def _queue(self, arn: str) -> Any:
        return sqs_backends[self.account_id][self.region_name].get_queue(arn.rpartition(":")[2])

    def _check(self, queue: Any, function: Any) -> None:
        if int(queue.visibility_timeout) < int(function.timeout):
            raise InvalidParameterValueException(
                f"Queue visibility timeout: {queue.visibility_timeout} seconds is less than "
                f"Function timeout: {function.timeout} seconds"
            )
        for action in _REQUIRED_ACTIONS:
            try:
                require_role_permission(
                    function.role, function.function_name, action, queue.queue_arn
                )
            except NotAuthorized as error:
                raise InvalidParameterValueException(
                    "The provided execution role does not have permissions to call "
                    f"{action.partition(':')[2]} on SQS"
                ) from error


class QueuePoller:
    """Invokes functions with the messages of their queues, in a thread, until `close`."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._ended = threading.Event()
        self._delayed_calls = DelayedCalls()
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="queues")
        self._thread = threading.Thread(target=self._run, name="queue-poller", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop reading, and wait until the running invocations have finished."""
        self._ended.set()
        self._thread.join()
        self._delayed_calls.close()
        self._workers.shutdown()

    def _run(self) -> None:
        while not self._ended.wait(_INTERVAL_SECONDS):
            try:
                self._poll()
            except Exception:  # boundary of a thread that must continue
                logger.exception("the queues could not be read")

    def _poll(self) -> None:
        functions = lambda_backends[ACCOUNT_ID][self._region]
        for mapping in functions.mappings():
            for messages in self._batches(mapping):
                deliver = partial(self._workers.submit, _deliver, self._region, mapping, messages)
                for seconds in delivery_delays(mapping.event_source_arn, _SERVICE):
                    self._delayed_calls.call(seconds, deliver)

    def _batches(self, mapping: Any) -> Iterator[list[Any]]:
        """Yield the messages of the queue in batches.

        No-op if the queue or the function does not exist, or its role may not read the queue.
        """
        queues = sqs_backends[ACCOUNT_ID][self._region]
        name = mapping.event_source_arn.rpartition(":")[2]
        queue = queues.queues.get(name)
        if queue is None or not list(queue.messages) or not self._may_read(mapping, queue):
            return
        while messages := _received(queues, name, mapping.batch_size):
            yield messages

    def _may_read(self, mapping: Any, queue: Any) -> bool:
        """Return whether the function exists, and its role may read the queue and use its key.

        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html ("Execution role")
        """
        problem = None
        try:
            self._check_role(mapping, queue)
        except (UnknownFunctionException, LocalCloudError) as error:
            problem = str(error)
            if getattr(mapping, "problem", None) is None:
                logger.warning("the messages of %s are not delivered: %s", queue.name, error)
        mapping.problem = problem
        return problem is None

    def _check_role(self, mapping: Any, queue: Any) -> None:
        functions = lambda_backends[ACCOUNT_ID][self._region]
        function = functions.get_function(mapping.function_arn)
        require = partial(require_role_permission, function.role, function.function_name)
        for action in _REQUIRED_ACTIONS:
            require(action, queue.queue_arn)
        if key := queue_key(queue.name, ACCOUNT_ID, self._region):
            require("kms:Decrypt", key, via("sqs", self._region))


@MOTO.held()
def _received(queues: Any, name: str, count: int) -> list[Any]:
    """Receive at most `count` messages, which are hidden for the time of the queue."""
    visibility = int(queues.get_queue(name).visibility_timeout)
    received: list[Any] = queues.receive_message(name, count, 0, visibility)
    return received


def _deliver(region: str, mapping: Any, messages: list[Any]) -> None:
    """Invoke the function. Failed messages become visible again after the visibility timeout."""
    try:
        function = lambda_backends[ACCOUNT_ID][region].get_function(mapping.function_arn)
        records = [_record(message, mapping.event_source_arn, region) for message in messages]
        outcome, _ = function.run(json.dumps({"Records": records}))
        if outcome.failed:
            logger.warning("%s failed on a message: %s", function.function_name, outcome.payload)
            return
        again = _not_handled(mapping, json.loads(outcome.payload or "null"), messages)
        queues = sqs_backends[ACCOUNT_ID][region]
        with MOTO.held():
            for message in messages:
                if message.id not in again:
                    queues.delete_message(
                        mapping.event_source_arn.rpartition(":")[2], message.receipt_handle
                    )
    except Exception:  # boundary of a thread: no caller would receive the error
        logger.exception("messages of %s could not be delivered", mapping.event_source_arn)


def _not_handled(mapping: Any, answer: Any, messages: list[Any]) -> set[str]:
    """Return the ids of failed messages, if the mapping has ReportBatchItemFailures."""
    if "ReportBatchItemFailures" not in (mapping.function_response_types or []):
        return set()
    ids = {message.id for message in messages}
    try:
        return failed_messages(answer, ids)
    except InvalidBatchResponse as error:
        logger.warning("all messages of %s failed: %s", mapping.event_source_arn, error)
        return ids


def _record(message: Any, queue_arn: str, region: str) -> dict[str, Any]:
    """Return a message in the format of a record of the function's event."""
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(message.sent_timestamp),
            "SenderId": message.sender_id,
            "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        },
        "messageAttributes": {},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": region,
    }
