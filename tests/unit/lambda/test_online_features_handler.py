"""Rows with identifiers only: features are read once each, then the endpoint is called."""

from __future__ import annotations

import io
import json

import pytest

ROW = {"venueid": 1, "catid": 9}


@pytest.fixture(scope="module")
def module(load_handler):
    return load_handler("online_features")


class Services:
    """The records of a feature group, and an endpoint that returns the features of each row."""

    def __init__(self, records, throttled=0):
        self.records, self.throttled, self.batches = records, throttled, []

    def batch_get_record(self, **request):
        (wanted,) = request["Identifiers"]
        names = wanted["RecordIdentifiersValueAsString"]
        self.batches.append(names)
        if self.throttled:
            self.throttled -= 1
            return {"Records": [], "Errors": [], "UnprocessedIdentifiers": [wanted]}
        found = [
            {
                "RecordIdentifierValueAsString": name,
                "Record": [
                    {"FeatureName": key, "ValueAsString": text}
                    for key, text in self.records[name].items()
                ],
            }
            for name in names
            if name in self.records
        ]
        return {"Records": found, "Errors": [], "UnprocessedIdentifiers": []}

    def invoke_endpoint(self, **request):
        assert request["EndpointName"] == "redline-basic-demand"
        assert request["ContentType"] == request["Accept"] == "application/jsonlines"
        return {"Body": io.BytesIO(request["Body"])}


@pytest.fixture
def predict(module, monkeypatch):
    monkeypatch.setenv("ENDPOINT_NAME", "redline-basic-demand")
    monkeypatch.setenv("FEATURE_GROUP", "redline-basic-venues")
    monkeypatch.setenv("IDENTIFIER", "venueid")
    monkeypatch.setenv("COLUMNS", json.dumps({"venue_seats": "seats"}))
    monkeypatch.setattr(module.time, "sleep", lambda _: None)

    def call(services, rows):
        monkeypatch.setattr(module, "cached_client", lambda _: services)
        return module.handler({"rows": rows}, None)["predictions"]

    return call


def test_the_model_gets_the_features_of_each_row_and_zero_without_a_record(predict):
    services = Services({"1": {"seats": "100"}})
    assert predict(services, [ROW, {**ROW, "venueid": 2}]) == [
        {**ROW, "venue_seats": "100"},
        {**ROW, "venueid": 2, "venue_seats": "0"},
    ]


def test_each_identifier_is_read_once_and_at_most_a_hundred_at_a_time(predict):
    services = Services({})
    predict(services, [{"venueid": number % 150} for number in range(500)])
    assert [len(batch) for batch in services.batches] == [100, 50]


def test_what_was_throttled_is_read_again_and_then_fails_with_a_remedy(predict, module):
    assert predict(Services({"1": {"seats": "100"}}, throttled=3), [ROW]) == [
        {**ROW, "venue_seats": "100"}
    ]
    with pytest.raises(module.NoFeatures, match="not read in 4 attempts.*send fewer rows"):
        predict(Services({}, throttled=4), [ROW])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (None, "rows is not a list: allowed is a list of 1 to 500 objects"),
        ([], "rows has 0 entries"),
        ([ROW] * 501, "rows has 501 entries"),
        ([ROW, {"catid": 9}], "row 2 has no venueid"),
        (["1"], "row 1 has no venueid"),
        ([{**ROW, "venue_seats": 3}], "row 1 has venue_seats, which are read from redline-basic-v"),
    ],
)
def test_rows_that_cannot_be_used_are_refused(predict, module, rows, said):
    with pytest.raises(module.InvalidRows, match=said):
        predict(Services({}), rows)
