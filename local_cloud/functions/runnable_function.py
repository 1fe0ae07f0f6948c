"""Extends moto's Lambda functions so that their code runs."""

from __future__ import annotations

import base64
import json
import logging
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from botocore.exceptions import BotoCoreError, ClientError
from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import LambdaFunction

from local_cloud.archives import ArchiveRefused
from local_cloud.context import Cloud
from local_cloud.events.delivery_faults import delivery_delays
from local_cloud.events.failure_metrics import ERRORS, count_function_metric
from local_cloud.events.in_flight import INVOCATIONS
from local_cloud.functions.dead_letters import send_to_dead_letter_queue
from local_cloud.functions.function_code import unpack
from local_cloud.functions.function_process import Invocation, InvocationOutcome, run
from local_cloud.functions.runtime_sdk import RUNTIME_MODELS
from local_cloud.moto_lock import MOTO

logger = logging.getLogger(__name__)

# Lambda retries an event twice, after one and two minutes.
RETRY_DELAYS_SECONDS = (1.0, 2.0)
_SERVICE = "lambda.amazonaws.com"
_TAIL_BYTES = 4096


class LaptopFunction(LambdaFunction):  # type: ignore[misc]  # moto is untyped here
    """A function. An invocation runs the deployed zip in a new process, with the function's role.

    So each invocation is a cold start. Reserved concurrency, tracing and the VPC have no effect.
    """

    cloud: ClassVar[Cloud]

    def __init__(self, account_id: str, spec: dict[str, Any], region: str, version: Any) -> None:
        super().__init__(account_id=account_id, spec=spec, region=region, version=version)
        self.logging_config: dict[str, Any] = {}
        self._set_logging(spec.get("LoggingConfig"))
        self.dead_letter_config: dict[str, str] = spec.get("DeadLetterConfig") or {}

    def get_configuration(self, on_create: bool = False) -> dict[str, Any]:
        """Return the response of GetFunctionConfiguration."""
        configuration: dict[str, Any] = super().get_configuration(on_create)
        return {
            **configuration,
            "LoggingConfig": self.logging_config,
            "DeadLetterConfig": self.dead_letter_config,
        }

    def _set_function_code(self, updated_spec: dict[str, Any]) -> None:
        """Set the code for CreateFunction or UpdateFunctionCode. The zip must be valid."""
        super()._set_function_code(updated_spec)
        if not hasattr(self, "code_bytes"):  # moto does not set it if no source is given
            raise InvalidParameterValueException("Please provide a source for function code.")
        try:
            unpack(self.code_bytes, self.cloud.state / "functions")
        except ArchiveRefused as error:
            raise InvalidParameterValueException(
                f"Could not unzip uploaded file: {error}. Please check your file, then try to "
                "upload again."
            ) from error

    def update_configuration(self, config_updates: dict[str, Any]) -> dict[str, Any]:
        """Perform UpdateFunctionConfiguration."""
        if "LoggingConfig" in config_updates:
            self._set_logging(config_updates["LoggingConfig"])
        self.dead_letter_config = config_updates.get("DeadLetterConfig", self.dead_letter_config)
        # moto requires Variables in every environment; Lambda does not.
        environment = config_updates.get("Environment")
        if environment is not None:
            environment.setdefault("Variables", {})
        updated: dict[str, Any] = super().update_configuration(config_updates)
        return updated

    def invoke(self, body: str, request_headers: Any, response_headers: Any) -> bytes:
        """Invoke the function. A header selects RequestResponse, Event or DryRun."""
        kind = request_headers.get("x-amz-invocation-type", "RequestResponse")
        event = body or "{}"
        if kind == "DryRun":
            return b""
        if kind == "Event":
            for seconds in delivery_delays(self.function_arn, _SERVICE):
                token = INVOCATIONS.add(self.function_arn, event)
                self.handle_later(event, token, seconds=seconds)
            return b""
        outcome, log = self.run(event)
        if outcome.failed:
            response_headers["x-amz-function-error"] = "Unhandled"
        tail = log.encode()[-_TAIL_BYTES:]
        response_headers["x-amz-log-result"] = base64.b64encode(tail).decode()
        response_headers["x-amz-executed-version"] = str(self.version)
        return outcome.payload.encode()

    def handle_later(self, event: str, token: str, *, seconds: float = 0.0) -> None:
        """Handle an asynchronous event in a new thread. `token` is its delivery in flight."""
        timer = threading.Timer(seconds, self._handle_event, args=(event, token))
        timer.daemon = True
        timer.start()

    def run(self, event: str) -> tuple[InvocationOutcome, str]:
        """Run the function once. Return the outcome and the log."""
        with MOTO.released():
            return self._run(event)

    def _run(self, event: str) -> tuple[InvocationOutcome, str]:
        request_id = str(uuid.uuid4())
        stream = f"{datetime.now(UTC):%Y/%m/%d}/[{self.version}]{uuid.uuid4().hex}"
        cloud = replace(self.cloud, region=self.region)
        credentials = cloud.environment(self.role, session=self.function_name)
        outcome = run(
            Invocation(
                request_id=request_id,
                function_arn=self.function_arn,
                task_root=unpack(self.code_bytes, self.cloud.state / "functions"),
                environment={**self._own_variables(stream), **credentials},
                event=event,
                timeout_seconds=float(self.timeout),
                memory_mebibytes=int(self.memory_size),
            )
        )
        log = self._log(request_id, outcome)
        self._write_log(cloud, stream, log)
        if outcome.failed:
            count_function_metric(self.region, self.function_name, ERRORS)
        return outcome, log

    def _handle_event(self, event: str, token: str) -> None:
        """Run the function with retries. After the last failure, use the dead-letter queue."""
        with INVOCATIONS.ending(token):
            self._run_with_retries(event)

    def _run_with_retries(self, event: str) -> None:
        for delay in (*RETRY_DELAYS_SECONDS, None):
            outcome, _ = self.run(event)
            if not outcome.failed:
                return
            logger.warning("%s failed on an event: %s", self.function_name, outcome.payload)
            if delay is not None:
                time.sleep(delay)
        send_to_dead_letter_queue(replace(self.cloud, region=self.region), self, event, outcome)

    def _own_variables(self, stream: str) -> dict[str, str]:
        return {
            "_HANDLER": self.handler,
            "AWS_DATA_PATH": str(self.cloud.state / RUNTIME_MODELS),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{self.run_time}",
            "AWS_LAMBDA_FUNCTION_NAME": self.function_name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory_size),
            "AWS_LAMBDA_FUNCTION_VERSION": str(self.version),
            "AWS_LAMBDA_LOG_GROUP_NAME": self.logging_config["LogGroup"],
            "AWS_LAMBDA_LOG_STREAM_NAME": stream,
            "TZ": ":UTC",
            **self.environment_vars,
        }

    def _set_logging(self, given: dict[str, Any] | None) -> None:
        defaults = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{self.function_name}"}
        self.logging_config = {**defaults, **(given or {})}

    def _log(self, request_id: str, outcome: InvocationOutcome) -> str:
        milliseconds = outcome.seconds * 1000
        lines = [f"START RequestId: {request_id} Version: {self.version}"]
        lines += outcome.printed.splitlines()
        if outcome.failed and "errorMessage" in outcome.payload:
            lines.append(json.loads(outcome.payload)["errorMessage"])
        lines += [
            f"END RequestId: {request_id}",
            f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\t"
            f"Memory Size: {self.memory_size} MB\tMax Memory Used: {outcome.peak_mebibytes} MB",
        ]
        return "\n".join(lines) + "\n"

    def _write_log(self, cloud: Cloud, stream: str, log: str) -> None:
        """Write to CloudWatch Logs with the function's role. An error is only logged."""
        group = self.logging_config["LogGroup"]
        logs = cloud.client("logs", self.role, session=self.function_name)
        now = int(time.time() * 1000)
        events = [{"timestamp": now, "message": line} for line in log.splitlines() if line]
        try:
            _create_stream(logs, group, stream)
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
        except (ClientError, BotoCoreError) as error:
            logger.warning("%s cannot write its log: %s", self.function_name, error)


def _create_stream(logs: Any, group: str, stream: str) -> None:
    """Create the stream, and the group if it does not exist."""
    try:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    except logs.exceptions.ResourceNotFoundException:
        # A concurrent invocation may have created the group.
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
