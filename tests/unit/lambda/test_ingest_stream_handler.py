"""Messages of a queue become records: each is checked, and the event time decides."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from botocore.exceptions import ClientError

from pipeline_code.runtime.job_errors import JobError
from tests.unit.runtime.stored_features import VENUES, StoredFeatures

ROW = {"venueid": 1, "changed": "2024-01-02T00:00:00Z", "seats": 10, "share": 0.5, "city": "Bonn"}


@pytest.fixture(scope="module")
def module(load_handler):
    return load_handler("ingest_stream")


class Queue:
    """The messages that the function makes visible at once."""

    def __init__(self):
        self.visible = []

    def change_message_visibility(self, **request):
        assert request["QueueUrl"] == "https://queue"
        assert request["VisibilityTimeout"] == 0
        self.visible.append(request["ReceiptHandle"])


class Stream:
    """The function of a group; it is called with the bodies of messages."""

    def __init__(self, module, store, queue):
        self.module, self.store, self.queue = module, store, queue

    def __call__(self, *bodies):
        """Return the numbers of the messages that were not written."""
        records = [
            {
                "messageId": str(number),
                "receiptHandle": f"handle-{number}",
                "body": body if isinstance(body, str) else json.dumps(body),
            }
            for number, body in enumerate(bodies)
        ]
        answer = self.module.handler({"Records": records}, None)
        return sorted(int(each["itemIdentifier"]) for each in answer["batchItemFailures"])


@pytest.fixture
def start(module, monkeypatch, tmp_path):
    def make(store=None, *, online=True):
        declared = tmp_path / "feature_group.json"
        declared.write_text(json.dumps({**asdict(VENUES), "online": online}))
        monkeypatch.setattr(module, "DECLARATION", declared)
        monkeypatch.setenv("FEATURE_GROUP", VENUES.name)
        monkeypatch.setenv("QUEUE_URL", "https://queue")
        store, queue = store or StoredFeatures(), Queue()
        clients = {"sagemaker-featurestore-runtime": store, "sqs": queue}
        monkeypatch.setattr(module, "cached_client", clients.__getitem__)
        return Stream(module, store, queue)

    return make


def test_valid_messages_are_written(start):
    stream = start()
    assert stream(ROW, ROW | {"venueid": 2, "city": None}) == []
    first, second = stream.store.written
    assert first == {
        **{"venueid": "1", "changed": "2024-01-02T00:00:00Z", "seats": "10", "share": "0.5"},
        "city": "Bonn",
    }
    assert "city" not in second


def test_a_feature_may_be_absent_but_not_the_identifier_or_the_event_time(start):
    stream = start()
    assert stream({"venueid": 1, "changed": ROW["changed"]}) == []
    assert stream({"changed": ROW["changed"]}, {"venueid": 1}) == [0, 1]


@pytest.mark.parametrize(
    "body",
    [
        *("", "1", "[]", "{", "[" * 100_000, '{"venueid": 1, "changed": "yesterday"}'),
        *(ROW | {"colour": "red"}, ROW | {"seats": 1.5}, ROW | {"seats": "ten"}),
        *(ROW | {"city": ["Bonn"]}, ROW | {"share": float("nan")}, ROW | {"city": "x" * 400_000}),
        *(ROW | {"venueid": None}, ROW | {"city": "\ud800"}, ROW | {"share": 10**400}),
        *(
            ROW | {"changed": f"{time}:00"}
            for time in ("0001-01-01T00:00+14", "9999-12-31T23:59-14")
        ),
        *(ROW | {"changed": "2024-01-02T00:00:00.１２３Z"}, ROW | {"city": float("nan")}),
    ],
    ids=lambda body: str(body)[-30:],
)
def test_an_invalid_message_is_given_up_soon_and_the_others_are_written(start, body, caplog):
    stream = start()
    assert stream(ROW, body, ROW | {"venueid": 2}) == [1]
    assert stream.queue.visible == ["handle-1"]
    assert [each["venueid"] for each in stream.store.written] == ["1", "2"]
    assert "message 1 is invalid: " in caplog.text


def test_a_repeated_message_is_written_once(start):
    stream = start()
    assert stream(ROW, ROW) == []
    assert stream(ROW | {"share": 0.50}) == []
    assert stream(ROW | {"changed": "2024-01-02T00:00:00.000Z"}) == []
    assert len(stream.store.written) == 1


def test_an_older_event_does_not_replace_a_newer_record(start):
    """PutRecord writes it to the offline store only.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_PutRecord.html
    """
    stream = start()
    older = ROW | {"changed": "2024-01-01T00:00:00Z", "seats": 9}
    assert stream(ROW) == stream(older) == []
    assert len(stream.store.written) == 2
    assert stream.store.records["1"]["seats"] == "10"


def test_events_of_one_batch_are_written_in_the_order_of_their_times(start):
    stream = start()
    days = [ROW | {"changed": f"2024-01-0{day}T00:00:00Z", "seats": day} for day in (3, 1, 2)]
    assert stream(*days) == []
    assert [each["seats"] for each in stream.store.written] == ["1", "2", "3"]


def test_other_values_with_the_same_event_time_are_refused(start):
    stream = start()
    assert stream(ROW, ROW | {"seats": 11}) == [1]
    assert stream.queue.visible == ["handle-1"]
    assert len(stream.store.written) == 1


class Throttled(StoredFeatures):
    """PutRecord of the first venue fails."""

    def put_record(self, **request):
        if request["Record"][0]["ValueAsString"] == "1":
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutRecord")
        super().put_record(**request)


def test_a_record_that_could_not_be_written_is_delivered_again_later(start):
    stream = start(Throttled())
    assert stream(ROW, ROW | {"venueid": 2}) == [0]
    assert stream.queue.visible == []
    assert [each["venueid"] for each in stream.store.written] == ["2"]


def test_a_refusal_to_make_a_message_visible_does_not_keep_others_from_being_written(
    start, monkeypatch, caplog
):
    stream = start()

    def refuse(**_request):
        raise ClientError({"Error": {"Code": "InvalidParameterValue"}}, "ChangeMessageVisibility")

    monkeypatch.setattr(stream.queue, "change_message_visibility", refuse)
    assert stream("[]", ROW) == [0]
    assert [each["venueid"] for each in stream.store.written] == ["1"]
    assert "message 0 stays invisible until its timeout: " in caplog.text


class Unreadable(StoredFeatures):
    """BatchGetRecord rejects requests with one of some identifiers."""

    def __init__(self, *identifiers):
        super().__init__()
        self.rejected = set(identifiers)

    def batch_get_record(self, **request):
        (wanted,) = request["Identifiers"]
        if self.rejected & set(wanted["RecordIdentifiersValueAsString"]):
            raise ClientError({"Error": {"Code": "ValidationError"}}, "BatchGetRecord")
        return super().batch_get_record(**request)


def test_an_identifier_that_cannot_be_read_does_not_keep_others_from_being_written(start):
    stream = start(Unreadable("2"))
    assert stream(ROW, ROW | {"venueid": 2}, ROW | {"venueid": 3}) == [1]
    assert stream.queue.visible == []
    assert [each["venueid"] for each in stream.store.written] == ["1", "3"]


def test_the_function_fails_if_no_record_can_be_read(start):
    stream = start(Unreadable("1", "2"))
    with pytest.raises(JobError, match="cannot be read"):
        stream(ROW, ROW | {"venueid": 2})
    assert stream.store.written == []


def test_a_group_without_an_online_store_gets_every_record(start, monkeypatch):
    stream = start(online=False)
    monkeypatch.delattr(StoredFeatures, "batch_get_record")
    assert stream(ROW, ROW) == []
    assert len(stream.store.written) == 2
