"""The answer of a function to a batch of messages, with the setting ReportBatchItemFailures.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html ("Implementing partial
batch responses")
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


class InvalidBatchResponse(ValueError):
    """An answer after which Lambda treats the whole batch as failed."""


def failed_messages(answer: Any, ids: Collection[str]) -> set[str]:
    """Return the ids of the messages that failed; `ids` are those of the batch.

    Without failures the answer is null, `{}`, or has a batchItemFailures that is null or empty.
    Raises InvalidBatchResponse for another answer, and for a failure without the id of a message.
    """
    if answer is not None and not isinstance(answer, Mapping):
        raise InvalidBatchResponse(f"the answer is {answer!r:.80}: it must be a JSON object")
    failures = (answer or {}).get("batchItemFailures") or []
    if not isinstance(failures, list):
        raise InvalidBatchResponse(f"batchItemFailures is {failures!r:.80}: it must be a list")
    return {_identifier(failure, ids) for failure in failures}


def _identifier(failure: Any, ids: Collection[str]) -> str:
    for name in ids:
        if isinstance(failure, Mapping) and failure.get("itemIdentifier") == name:
            return name
    raise InvalidBatchResponse(
        f"batchItemFailures has {failure!r:.80}: itemIdentifier must be the messageId of a message "
        "of the batch"
    )
