"""The tasks of Spark write the same records as an ingestion without Spark.

The tasks run here without Spark; tests/integration/test_features.py runs them in Spark.
"""

from __future__ import annotations

import json
import pickle

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.runtime import ingest_features
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_errors import DataError, JobError
from pipeline_code.runtime.spark import ingestion
from tests.unit.runtime.stored_features import StoredFeatures

PARTS = 3


class Rdd:
    """The rows of a distributed data set, in parts."""

    def __init__(self, parts):
        self.parts = [list(part) for part in parts]

    def map(self, function):
        return Rdd([map(function, part) for part in self.parts])

    def flatMap(self, function):  # noqa: N802 the name of PySpark
        return Rdd([[each for row in part for each in function(row)] for part in self.parts])

    def mapPartitions(self, function):  # noqa: N802 the name of PySpark
        return Rdd([function(iter(part)) for part in self.parts])

    def repartitionAndSortWithinPartitions(self, count, part_of):  # noqa: N802 of PySpark
        parts = [[] for _ in range(count)]
        for key, value in pickle.loads(pickle.dumps(self.collect())):
            parts[part_of(key) % count].append((key, value))
        return Rdd([sorted(part, key=lambda each: each[0]) for part in parts])

    def collect(self):
        return [row for part in self.parts for row in part]


class Context:
    """The driver's connection to the cluster."""

    defaultParallelism = PARTS  # noqa: N815 the name of PySpark

    def parallelize(self, rows, count):
        return Rdd([rows[number::count] for number in range(count)])

    def stop(self):
        """Do nothing."""


@pytest.fixture
def ingest(tmp_path, monkeypatch):
    """Return the function that ingests files with an engine; it returns store and report."""
    monkeypatch.setattr(ingestion, "install_packages", lambda: None)
    monkeypatch.setattr(ingestion, "spark_context", Context)
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(tmp_path))
    settings = {
        "FEATURE_GROUP": "redline-local-venues-prepared",
        "FEATURE_GROUP_PACKAGE": "pipeline_code.tickit_features",
        "FEATURE_GROUP_DECLARED_AS": "venues-prepared",
        "FEATURE_GROUP_WORKERS": "2",
        "FEATURE_FLOW": "pipeline_code.tickit_features",
    }
    for name in settings:
        monkeypatch.delenv(name, raising=False)
    data = tmp_path / "processing" / "input" / "data"
    data.mkdir(parents=True)
    (tmp_path / "config").mkdir()
    job = "arn:aws:sagemaker:us-east-1:123456789012:processing-job/a"
    document = {"ProcessingJobArn": job, "Environment": settings}
    (tmp_path / "config" / "processingjobconfig.json").write_text(json.dumps(document))

    def run(engine, files, store):
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        for number, table in enumerate(files):
            pq.write_table(table, data / f"{number}.parquet")
        monkeypatch.setattr(engine, "client", lambda *_, **__: store)
        engine.run(Container(tmp_path))
        report = tmp_path / "processing" / "output" / "report" / "report.json"
        return json.loads(report.read_text())

    return run


def rows(*numbers, month=1, **changes):
    count = len(numbers)
    columns = {
        "venueid": list(numbers),
        "changed": [f"2008-{month:02}-01"] * count,
        "seats": [number * 10 or None for number in numbers],
        "events": [month] * count,
        "tickets": [number for number in numbers],
        "state": ["CA", "TX"] * (count // 2) + ["NY"] * (count % 2),
    }
    return pa.table(columns | changes)


HISTORY = [rows(*range(150), month=2), rows(*range(100, 250), month=1), rows(7, 8, month=3)]


def by_identifier(store):
    found = {}
    for record in store.written:
        found.setdefault(record["venueid"], []).append(record)
    return found


def test_both_engines_write_the_same_records_in_the_order_of_each_identifier(ingest):
    alone, spark = StoredFeatures(), StoredFeatures()
    reports = [
        ingest(ingest_features, HISTORY, alone),
        ingest(ingestion, HISTORY, spark),
    ]
    assert by_identifier(spark) == by_identifier(alone)
    assert spark.records == alone.records
    assert [each["changed"][:7] for each in by_identifier(spark)["7"]] == ["2008-02", "2008-03"]
    assert reports[0] == reports[1]
    assert reports[0]["written"] == reports[0]["read"] == 302


def test_a_second_run_writes_nothing(ingest):
    store = StoredFeatures()
    ingest(ingestion, HISTORY, store)
    again = ingest(ingestion, HISTORY, store)
    assert (again["written"], again["unchanged"] + again["older"]) == (0, 302)


def test_an_invalid_row_of_one_file_fails_before_anything_is_written(ingest):
    store = StoredFeatures()
    wrong = rows(1, 2, changed=["2008-01-01", "yesterday"])
    with pytest.raises(JobError, match="the row with venueid = 2: changed is 'yesterday'"):
        ingest(ingestion, [*HISTORY, wrong], store)
    assert store.written == []


def test_refused_records_fail_the_step_after_all_others_are_written(ingest):
    store = StoredFeatures()
    ingest(ingestion, [rows(1, 2)], store)
    with pytest.raises(DataError, match="1 records refused, all others are written"):
        ingest(ingestion, [rows(1, 3, tickets=[5, 3])], store)
    assert sorted(each["venueid"] for each in store.written) == ["1", "2", "3"]


def test_a_task_that_cannot_write_fails_the_step_with_its_reason(ingest):
    with pytest.raises(JobError, match="could not be read in 8 attempts"):
        ingest(ingestion, [rows(*range(200))], Unavailable())


class Unavailable(StoredFeatures):
    """Every read is throttled."""

    def batch_get_record(self, **request):
        return {"Records": [], "Errors": [], "UnprocessedIdentifiers": request["Identifiers"]}


@pytest.fixture(autouse=True)
def no_waits(monkeypatch):
    monkeypatch.setattr("pipeline_code.runtime.feature_store.backoff_seconds", lambda _: 0)


def test_without_files_nothing_is_written(ingest):
    assert ingest(ingestion, [], StoredFeatures())["read"] == 0
