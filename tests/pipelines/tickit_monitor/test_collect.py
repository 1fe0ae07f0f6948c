"""Collect: captured requests and scored batches of a window, and the approved baseline."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from pipeline_code.runtime.job_errors import SettingError
from pipeline_code.runtime.monitoring.window import Window, window
from pipeline_code.runtime.training_ranges import ranges_of
from pipeline_code.tickit.features import DATASET
from pipeline_code.tickit_monitor.monitored import BATCH

NOW = datetime(2008, 12, 31, 12, tzinfo=UTC)


def rows(job):
    (path,) = job.parts("rows")
    return path.read_text().splitlines()


def counts(job):
    (path,) = job.parts("collection")
    return json.loads(path.read_text())


def test_the_batch_is_what_tickit_batch_writes(repository):
    """A line is the key, then the scored row, then the prediction and what is outside."""
    source = (repository / "pipeline_code/tickit_batch/pipeline.py").read_text()
    assigned = source.partition("COLUMNS = ")[2].partition("\n)")[0]
    assert tuple(re.findall(r'"(\w+)"', assigned)) == BATCH


def test_requests_of_every_form_become_rows_of_one(monitor):
    monitor.approve()
    monitor.capture(
        "3,9,2008-03-01,t,1",
        "venueid,catid,caldate,holiday,events\n4,8,2008-03-02,False,2\n5,8,2008-03-02,no,3\n",
    )
    lines = '{"venueid": 6, "catid": 7, "caldate": "2008-03-03", "holiday": true, "events": 4}\n'
    monitor.capture(lines, content_type="application/jsonlines", key="AllTraffic/2.jsonl")
    job, code = monitor.collect()
    assert code == 0, job.output
    assert rows(job) == [
        "venueid,catid,holiday,events",
        "3,9,true,1",
        "4,8,false,2",
        "5,8,false,3",
        "6,7,true,4",
    ]
    assert (counts(job)["rows"], counts(job)["rows_outside_training"]) == (4, 0)
    assert counts(job)["requests"] == 3


def test_null_values_are_left_to_the_check(monitor):
    monitor.approve()
    monitor.capture("three,9,2008-03-01,perhaps,\n")
    job, _ = monitor.collect()
    assert rows(job) == ["venueid,catid,holiday,events", "three,9,perhaps,"]


def test_a_column_that_no_request_has_is_missing(monitor):
    monitor.approve()
    monitor.capture("3,9,2008-03-01,t", "4,9,2008-03-01,f")
    job, _ = monitor.collect()
    assert rows(job)[0] == "venueid,catid,holiday"


def test_requests_that_no_model_could_answer_are_counted(monitor):
    monitor.approve()
    monitor.capture("3,9", "3,9,2008-03-01,t,1", "\x00\x01")
    job, code = monitor.collect()
    assert code == 0
    assert (counts(job)["rows"], counts(job)["unreadable_requests"]) == (1, 2)
    assert "a request cannot be read: 2 fields" in job.output["algo-1"]


def test_only_the_window_counts(monitor):
    monitor.approve()
    now = datetime.now(UTC)
    monitor.capture("1,9,2008-03-01,t,1", time=now - timedelta(hours=3), key="a/1.jsonl")
    monitor.capture("2,9,2008-03-01,t,1", time=now - timedelta(minutes=30), key="a/2.jsonl")
    assert counts(monitor.collect()[0])["rows"] == 2
    assert rows(monitor.collect(WINDOW_HOURS="1")[0])[1:] == ["2,9,true,1"]
    earlier = (now - timedelta(hours=2)).isoformat()
    assert rows(monitor.collect(WINDOW_END=earlier)[0])[1:] == ["1,9,true,1"]


def test_batches_that_were_scored_count_as_well(monitor):
    monitor.approve()
    monitor.put(
        "runs/tickit-batch/abc/Transform/predictions/part-0.csv.out",
        "1800,3,9,2008-12-01,t,1,43.2,\n1801,4,9,2008-12-02,f,2,44.1,venueid\n",
    )
    # A model of an earlier release wrote no last column.
    monitor.put(
        "runs/tickit-batch/earlier/Transform/predictions/part-0.csv.out",
        "1802,5,9,2008-12-03,t,1,43.2\n",
    )
    monitor.put("runs/tickit-batch/abc/Other/x.csv", "not,for,us\n")
    job, code = monitor.collect()
    assert code == 0, job.output
    assert rows(job)[1:] == ["3,9,true,1", "4,9,false,2", "5,9,true,1"]
    assert counts(job)["batch_files"] == 2


def test_rows_outside_the_training_rows_are_counted(monitor):
    trained = [(3, date(2008, 1, 1)), (4, date(2008, 12, 31))]
    columns = {"venueid": [row[0] for row in trained], "caldate": [row[1] for row in trained]}
    monitor.approve(ranges=ranges_of(pa.table(columns), DATASET))
    monitor.capture("3,9,2008-03-01,t,1\n3,9,9999-12-31,t,1\n", "-3,9,2008-03-01,t,1", "x,9,9,t,1")
    monitor.put(
        "runs/tickit-batch/abc/Transform/predictions/part-0.csv.out",
        "1800,4,9,2009-12-01,t,1,43.2,\n1801,4,9,2012-12-02,f,2,44.1,caldate\n",
    )
    job, code = monitor.collect()
    assert code == 0, job.output
    # A request with an invalid value is in the rows, and the check finds it.
    assert (counts(job)["rows"], counts(job)["rows_outside_training"]) == (6, 3)


def test_an_empty_window_ends_well_and_says_so(monitor):
    arn = monitor.approve()
    job, code = monitor.collect()
    assert code == 0
    assert counts(job)["rows"] == 0
    assert counts(job)["model_package_arn"] == arn


def test_the_baseline_is_that_of_the_newest_approved_version(monitor):
    monitor.approve(baseline=False)
    newest = monitor.approve()
    monitor.approve(status="PendingManualApproval")
    job, code = monitor.collect()
    assert code == 0
    assert counts(job)["model_package_arn"] == newest
    found = {path.name: json.loads(path.read_text()) for path in job.parts("baseline")}
    assert found == {
        "constraints.json": {"of": "constraints"},
        "statistics.json": {"of": "statistics"},
    }


def test_without_an_approved_version_it_fails_saying_so(monitor):
    monitor.approve(status="PendingManualApproval")
    job, code = monitor.collect()
    assert code == 1
    assert "is approved, so there is nothing to compare with" in job.message()


def test_a_version_without_a_baseline_is_named(monitor):
    arn = monitor.approve(baseline=False)
    job, code = monitor.collect()
    assert code == 1
    assert arn in job.message()
    assert "DriftCheckBaselines" in job.message()


def test_a_file_that_is_no_capture_is_named_with_its_line(monitor):
    monitor.approve()
    monitor.put("captured/tickit/a/1.jsonl", '{"captureData": {}, "eventMetadata": {}}\nnothing\n')
    job, code = monitor.collect()
    assert code == 1
    assert "a/1.jsonl, line 2: not a record of a capture" in job.message()


@pytest.mark.parametrize(
    ("end", "hours", "expected"),
    [
        ("now", "24", Window(NOW - timedelta(days=1), NOW)),
        ("2008-12-30T12:00:00Z", "1", Window(NOW - timedelta(hours=25), NOW - timedelta(days=1))),
        ("2008-12-30T12:00:00", "1", Window(NOW - timedelta(hours=25), NOW - timedelta(days=1))),
    ],
)
def test_a_window_ends_at_the_given_time(end, hours, expected):
    assert window(end, hours, now=NOW) == expected


@pytest.mark.parametrize(("end", "hours"), [("soon", "24"), ("now", "0"), ("now", "a day")])
def test_what_is_no_window_is_refused(end, hours):
    with pytest.raises(SettingError, match="Window"):
        window(end, hours, now=NOW)
