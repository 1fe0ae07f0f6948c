"""Processes the messages of Callback steps until their statements have ended."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from bound_query import ArgumentRefused
from day_query import DayQuery
from extraction import Extraction
from incremental import IncrementalExtraction
from statements import ACTIVE, cancel, error_code, is_transient
from unloading import ExtractionFailed, Warehouse, earlier_outputs, step_outputs

logger = logging.getLogger()

POLL_SECONDS = 5
MAX_QUEUED_SECONDS = 12 * 3600
# Error codes for a token that was already answered, or whose execution does not exist any more.
TOKEN_ERRORS = ("ValidationException", "ResourceNotFound", "ResourceNotFoundException")
MAX_REASON_LENGTH = 256  # characters; FailureReason of SendPipelineExecutionStepFailure


@dataclass(frozen=True)
class CallbackQueue:
    """The queue of the Callback steps. `url` is its URL; `sagemaker` receives the results."""

    warehouse: Warehouse
    sagemaker: Any
    s3: Any
    sqs: Any
    url: str

    def process(self, body: dict[str, Any]) -> bool:
        """Process one message. Return False if the queue is to deliver it again.

        The first message of a step starts the statement and sends a second message with its id.
        The second message is delivered again until the statement has ended; then the step is
        answered. An incremental extraction has a third message, with the statement that unloads. A
        message with the status `Stopping` cancels the statement. On a transient error the queue
        delivers the message again.

        Raises:
            ClientError: AWS returned a transient error.
        """
        token = body["token"]
        try:
            extraction = Extraction.read(body["arguments"], self.warehouse.settings.lake_bucket)
            if body["status"] == "Stopping":
                return self._cancel(token)
            if "statement" not in body:
                self._reuse_or_start(body, extraction)
                return True
            if not self._has_finished(body):
                return False
            if extraction.days:
                self._continue(body, self._incremental(body, extraction, extraction.days))
            else:
                self._answer(token, step_outputs(self.s3, extraction, body["statement"]))
        except (ArgumentRefused, ExtractionFailed, ClientError) as error:
            if is_transient(error) and not _is_too_old(body):
                raise
            self._answer(token, None, str(error))
        return True

    def _reuse_or_start(self, body: dict[str, Any], extraction: Extraction) -> None:
        if earlier := earlier_outputs(self.s3, extraction):
            self._answer(body["token"], earlier)
        else:
            self._start(body, extraction)

    def _start(self, body: dict[str, Any], extraction: Extraction) -> None:
        """Start the first statement. A message that is delivered twice starts it once."""
        if extraction.days:
            request = self._incremental(body, extraction, extraction.days).counting
        else:
            request = self.warehouse.unloading(extraction)
        self._follow(body, self.warehouse.start_once(_statement_name(body["token"]), request))

    def _follow(self, body: dict[str, Any], statement: str, **more: Any) -> None:
        """Send the message that is delivered until the statement has ended."""
        following = {**body, "statement": statement, "started": int(time.time()), **more}
        self.sqs.send_message(
            QueueUrl=self.url, MessageBody=json.dumps(following), DelaySeconds=POLL_SECONDS
        )

    def _incremental(
        self, body: dict[str, Any], extraction: Extraction, days: DayQuery
    ) -> IncrementalExtraction:
        now = datetime.fromtimestamp(body.get("planned", body["started"]), UTC)
        return IncrementalExtraction(extraction, days, self.warehouse, self.s3, now)

    def _continue(self, body: dict[str, Any], incremental: IncrementalExtraction) -> None:
        """Unload after the count, or answer the step. The messages carry what determines a plan."""
        plan = incremental.plan(body.get("counted", body["statement"]), body.get("list"))
        if plan.to_unload and "counted" not in body:
            name = f"{_statement_name(body['token'])}-days"
            statement = self.warehouse.start_once(name, incremental.unloading(plan))
            planned = {"counted": body["statement"], "list": plan.listed.number}
            self._follow(body, statement, planned=body["started"], **planned)
        else:
            self._answer(body["token"], incremental.outputs(plan))

    def _has_finished(self, body: dict[str, Any]) -> bool:
        """Return whether the statement has finished. After 12 hours, cancel it and raise."""
        if self.warehouse.has_finished(body["statement"]):
            return True
        if not _is_too_old(body):
            return False
        cancel(self.warehouse.client, body["statement"])
        hours = MAX_QUEUED_SECONDS // 3600
        raise ExtractionFailed(
            f"statement {body['statement']} took more than {hours} hours and was cancelled"
        )

    def _cancel(self, token: str) -> bool:
        """Cancel the statements of the step. Return False if none has been started yet.

        StatementName is the beginning of the names that are listed
        (https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ListStatements.html).
        """
        found = self.warehouse.client.list_statements(
            StatementName=_statement_name(token), Status="ALL"
        )["Statements"]
        for statement in found:
            if statement["Status"] in ACTIVE:
                cancel(self.warehouse.client, statement["Id"])
        return bool(found)

    def _answer(self, token: str, outputs: dict[str, str] | None, reason: str = "") -> None:
        """Send the outputs, or the reason of the failure. No-op if already answered."""
        try:
            if outputs is None:
                logger.warning("%s", reason)
                self.sagemaker.send_pipeline_execution_step_failure(
                    CallbackToken=token, FailureReason=reason[:MAX_REASON_LENGTH]
                )
            else:
                parameters = [{"Name": name, "Value": value} for name, value in outputs.items()]
                self.sagemaker.send_pipeline_execution_step_success(
                    CallbackToken=token, OutputParameters=parameters
                )
        except ClientError as error:
            if error_code(error) not in TOKEN_ERRORS:
                raise
            logger.warning("The token %s was already answered: %s", token, error)


def _statement_name(token: str) -> str:
    return f"extract-{token}"


def _is_too_old(body: dict[str, Any]) -> bool:
    return bool(time.time() - body["started"] >= MAX_QUEUED_SECONDS)
