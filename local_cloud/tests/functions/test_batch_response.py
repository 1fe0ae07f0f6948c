"""Which messages a function has not handled, by its answer.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

import pytest

from local_cloud.functions.batch_response import InvalidBatchResponse, failed_messages


def failures(*items):
    return {"batchItemFailures": list(items)}


@pytest.mark.parametrize("answer", [None, {}, failures(), {"batchItemFailures": None}])
def test_an_answer_without_failures_is_a_complete_success(answer):
    assert failed_messages(answer, ["a", "b"]) == set()


def test_the_failed_messages_are_named_by_their_ids():
    assert failed_messages(failures({"itemIdentifier": "b"}), ["a", "b"]) == {"b"}


@pytest.mark.parametrize(
    "answer",
    [
        *("done", 1, ["a"], {"batchItemFailures": "a"}, {"batchItemFailures": {"a": 1}}),
        *(failures("a"), failures(None), failures({}), failures({"messageId": "a"})),
        *(failures({"itemIdentifier": name}) for name in ("", None, "c", ["a"])),
        failures({"itemIdentifier": "a"}, {"itemIdentifier": ""}),
    ],
    ids=str,
)
def test_another_answer_is_a_complete_failure(answer):
    with pytest.raises(InvalidBatchResponse):
        failed_messages(answer, ["a", "b"])
