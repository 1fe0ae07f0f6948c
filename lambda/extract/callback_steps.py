"""Callback steps: their queue brings a message until the statement has ended."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from extraction import Extraction, ExtractionRefused
from statements import ACTIVE, cancel, code_of, passes
from unloading import ExtractionFailed, Warehouse, outputs

logger = logging.getLogger()

LOOK_AGAIN_SECONDS = 5
LONGEST_QUEUED_SECONDS = 12 * 3600
# What SageMaker says of a token that was answered already, or whose execution is gone.
ANSWERED = ("ValidationException", "ResourceNotFound", "ResourceNotFoundException")
REASON_CHARACTERS = 256  # FailureReason of SendPipelineExecutionStepFailure


@dataclass(frozen=True)
class Queue:
    """Callback steps: `sagemaker` takes the answers, `sqs` and `url` are the queue's own."""

    warehouse: Warehouse
    sagemaker: Any
    s3: Any
    sqs: Any
    url: str

    def advance(self, body: dict[str, Any]) -> bool:
        """Take a step's message one step further; whether that was its last.

        A message that begins becomes one that names its statement, and that one is looked at again
        and again. Stopping cancels the statement, whose message then answers. What AWS refuses for
        a reason that passes is left to the queue, which brings the message again.
        """
        token = body["token"]
        try:
            extraction = Extraction.read(body["arguments"], self.warehouse.settings.lake_bucket)
            if body["status"] == "Stopping":
                return self._cancel(token)
            if "statement" not in body:
                self._begin(body, extraction)
                return True
            if not self._has_finished(body):
                return False
            self._answer(token, outputs(self.s3, extraction, body["statement"]))
        except (ExtractionRefused, ExtractionFailed, ClientError) as error:
            if passes(error) and not _is_too_old(body):
                raise
            self._answer(token, None, str(error))
        return True

    def _begin(self, body: dict[str, Any], extraction: Extraction) -> None:
        """Start the statement; a message that comes twice finds it running."""
        name = _statement_name(body["token"])
        statement = self.warehouse.start_for(name, extraction)
        following = {**body, "statement": statement, "started": int(time.time())}
        self.sqs.send_message(
            QueueUrl=self.url, MessageBody=json.dumps(following), DelaySeconds=LOOK_AGAIN_SECONDS
        )

    def _has_finished(self, body: dict[str, Any]) -> bool:
        """As the warehouse says; a statement that is too old is cancelled, and fails."""
        if self.warehouse.has_finished(body["statement"]):
            return True
        if not _is_too_old(body):
            return False
        cancel(self.warehouse.client, body["statement"])
        hours = LONGEST_QUEUED_SECONDS // 3600
        raise ExtractionFailed(
            f"statement {body['statement']} took longer than {hours} hours and was cancelled"
        )

    def _cancel(self, token: str) -> bool:
        """Cancel the step's statement; False until there is one to cancel."""
        found = self.warehouse.client.list_statements(
            StatementName=_statement_name(token), Status="ALL"
        )["Statements"]
        for statement in found:
            if statement["Status"] in ACTIVE:
                cancel(self.warehouse.client, statement["Id"])
        return bool(found)

    def _answer(self, token: str, given: dict[str, str] | None, reason: str = "") -> None:
        """End the step; whatever answered it before was right too."""
        try:
            if given is None:
                logger.warning("%s", reason)
                self.sagemaker.send_pipeline_execution_step_failure(
                    CallbackToken=token, FailureReason=reason[:REASON_CHARACTERS]
                )
            else:
                parameters = [{"Name": name, "Value": value} for name, value in given.items()]
                self.sagemaker.send_pipeline_execution_step_success(
                    CallbackToken=token, OutputParameters=parameters
                )
        except ClientError as error:
            if code_of(error) not in ANSWERED:
                raise
            logger.warning("The token %s takes no answer: %s", token, error)


def _statement_name(token: str) -> str:
    return f"extract-{token}"


def _is_too_old(body: dict[str, Any]) -> bool:
    return bool(time.time() - body["started"] >= LONGEST_QUEUED_SECONDS)
