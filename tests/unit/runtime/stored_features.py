"""An online store in memory with the calls of the Feature Store runtime."""

from __future__ import annotations

import threading

from pipeline_code.runtime.feature_declaration import DeclaredGroup

VENUES = DeclaredGroup(
    name="redline-basic-venues",
    record_identifier="venueid",
    event_time="changed",
    features={
        "venueid": "Integral",
        "changed": "String",
        "seats": "Integral",
        "share": "Fractional",
        "city": "String",
    },
)


class StoredFeatures:
    """`written` has every PutRecord. `throttled` reads return half of the records."""

    def __init__(self, throttled=0):
        self.records, self.written, self.throttled = {}, [], throttled
        self.lock = threading.Lock()

    def put_record(self, **request):
        values = {each["FeatureName"]: each["ValueAsString"] for each in request["Record"]}
        with self.lock:
            self.written.append(values)
            stored = self.records.get(values["venueid"])
            if stored is None or stored["changed"] < values["changed"]:
                self.records[values["venueid"]] = values

    def batch_get_record(self, **request):
        (wanted,) = request["Identifiers"]
        names = wanted["RecordIdentifiersValueAsString"]
        assert 1 <= len(names) <= 100
        late = []
        if self.throttled:
            self.throttled -= 1
            names, late = names[: len(names) // 2], names[len(names) // 2 :]
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
        unprocessed = [{**wanted, "RecordIdentifiersValueAsString": late}] if late else []
        return {"Records": found, "Errors": [], "UnprocessedIdentifiers": unprocessed}
