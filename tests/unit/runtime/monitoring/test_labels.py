"""Labels are read from rows of a query and from ground truth files, and joined by their ID.

Sources: InferenceId of InvokeEndpoint and the merge of ground truth,
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-merge.html
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.monitoring.declaration import Monitored
from pipeline_code.runtime.monitoring.labelled import join, read_labelled, write_labelled
from pipeline_code.runtime.monitoring.labels import Label, read_labels
from pipeline_code.runtime.monitoring.window import Window
from tests.unit.runtime.monitoring.lake import CAPTURED, LABELS, NOW, Lake, record
from tests.unit.runtime.monitoring.test_answers import CLASSES, NUMBER

DAY = timedelta(days=1)
WINDOW = Window(NOW - DAY, NOW)


def truth(key, data):
    """A record of Model Monitor's page."""
    return json.dumps(
        {
            "groundTruthData": {"data": data, "encoding": "CSV"},
            "eventMetadata": {"eventId": key},
            "eventVersion": "0",
        }
    )


BATCHES = "s3://lake/runs/batch"
BATCH = Monitored(
    NUMBER,
    batch=("day", "venue", "size", "predicted", "outside_training"),
    batch_key=("day", "venue"),
    batch_prediction="predicted",
)


def joined(lake, *, delay=DAY, monitored=BATCH):
    labels = read_labels(LABELS, lake)
    return join(
        WINDOW, monitored, labels, delay=delay, captured=CAPTURED, batches=BATCHES, storage=lake
    )


def scored(lake, run, lines, *, time=NOW - timedelta(hours=1)):
    """Put the predictions of a run of a batch pipeline."""
    lake.put(f"{BATCHES}/{run}/Transform/predictions/part-0.csv.out", lines, time=time)


def test_the_newest_label_of_a_query_counts_and_null_is_not_known_yet():
    lake = Lake()
    lake.query(
        ID=["a", "a", "b"],
        label=[1, 2, None],
        labelled_at=["2026-11-30 01:00:00", "2026-11-30 02:00:00", "2026-11-30 03:00:00"],
    )
    assert read_labels(LABELS, lake) == {"a": Label("2", NOW - timedelta(hours=10))}


def test_a_ground_truth_file_is_known_since_it_was_written():
    lake = Lake()
    lake.put(f"{LABELS}/2026/11/30/truth.jsonl", truth("a", "1") + "\n", time=NOW - DAY)
    assert read_labels(LABELS, lake) == {"a": Label("1", NOW - DAY)}


def test_without_files_there_are_no_labels():
    assert read_labels(LABELS, Lake()) == {}


def test_two_labels_without_a_time_are_refused():
    lake = Lake()
    lake.query(id=["a", "a"], label=[1, 2])
    with pytest.raises(DataError, match=r"labels of 'a' are '1' and '2': add the column labelled"):
        read_labels(LABELS, lake)


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("a.csv", "a,1", r"a\.csv is not a file of labels: allowed are \.parquet"),
        ("a.jsonl", truth("a", "1") + "\n{}", "line 2: not a record of ground truth"),
    ],
)
def test_another_file_is_named(file, content, expected):
    lake = Lake()
    lake.put(f"{LABELS}/{file}", content)
    with pytest.raises(DataError, match=expected):
        read_labels(LABELS, lake)


def test_other_columns_of_a_query_are_named():
    lake = Lake()
    lake.query(id=["a"], sold=[1])
    with pytest.raises(DataError, match="columns id, sold: the query of the labels must return"):
        read_labels(LABELS, lake)


def test_rows_are_joined_by_inference_id_and_event_id_and_number_of_the_row():
    lake = Lake()
    lake.capture(
        record("1", "1.5\n", id="one"), record("2\n3\n", "2.5\n3.5\n", id="two"), record("4", "4.5")
    )
    lake.query(id=["one", "two:1", "event-4", "other"], label=[1.0, 3.0, 4.0, 9.0])
    found = joined(lake)
    assert [(each.label, each.prediction, dict(each.row)) for each in found.rows] == [
        ("1", 1.5, {"size": "1"}), ("3", 3.5, {"size": "3"}), ("4", 4.5, {"size": "4"}),
    ]  # fmt: skip
    assert found.counts == {
        "predicted": 4, "joined": 3, "missing": 1, "late": None, "invalid": 0, "unreadable": 0,
    }  # fmt: skip


def test_a_label_after_the_delay_is_late_and_is_joined():
    lake, asked = Lake(), NOW - timedelta(hours=10)
    lake.capture(*(record("1", "1.0", id=each, time=asked) for each in "abc"))
    times = ["2026-11-30 04:00:00", "2026-11-30 04:00:01"]
    lake.query(id=["a", "b"], label=[1.0, 1.0], labelled_at=times)
    found = joined(lake, delay=timedelta(hours=2))
    assert (len(found.rows), found.late, found.missing) == (2, 1, 1)


def test_of_retries_the_last_answer_counts():
    lake = Lake()
    lake.capture(record("1", "1.0", id="a"), record("1", "2.0", id="a"))
    lake.query(id=["a"], label=[1.0])
    assert [row.prediction for row in joined(lake).rows] == [2.0]


def test_invalid_labels_and_error_messages_are_counted_and_named(capsys):
    lake = Lake()
    lake.capture(record("1", "1.0", id="a"), record("x", "size: 'x' is not", kind="text/plain"))
    lake.query(id=["a"], label=["many"])
    found = joined(lake)
    assert (found.invalid, found.unreadable, found.rows) == (1, 1, [])
    printed = capsys.readouterr().out
    assert "the label 'many' of 'a' is no sold" in printed
    assert "a response cannot be read" in printed


def test_requests_outside_the_window_are_not_joined():
    lake = Lake()
    lake.capture(record("1", "1.0", id="a", time=NOW - 2 * DAY), record("1", "1.0", time=NOW))
    lake.query(id=["a"], label=[1.0])
    assert joined(lake).counts["predicted"] == 0


def test_rows_of_batches_are_joined_by_their_key():
    lake = Lake()
    scored(lake, "a", "1800,3,7,43.5,\n1801,3,8,44.5,size\n1802,3,9,45.5,\n")
    lake.capture(record("1", "1.5", id="1800-3"))
    lake.query(id=["1800-3", "1801-3"], label=[40.0, 41.0])
    found = joined(lake)
    # A request and a row of a batch with the same ID are two predictions.
    assert [(each.label, each.prediction, each.row["size"]) for each in found.rows] == [
        ("40", 1.5, "1"), ("40", 43.5, "7"), ("41", 44.5, "8"),
    ]  # fmt: skip
    assert (found.missing, found.counts["predicted"]) == (1, 4)


def test_of_two_batches_the_later_one_counts_and_others_are_not_in_the_window():
    lake = Lake()
    scored(lake, "a", "1800,3,7,2.0,\n", time=NOW - timedelta(hours=1))
    scored(lake, "b", "1800,3,7,1.0,\n", time=NOW - timedelta(hours=2))
    scored(lake, "c", "1801,3,7,3.0,\n", time=NOW - 2 * DAY)
    lake.query(id=["1800-3", "1801-3"], label=[2.0, 2.0])
    assert [row.prediction for row in joined(lake).rows] == [2.0]


def test_a_batch_without_a_declared_key_is_not_joined():
    lake = Lake()
    scored(lake, "a", "1800,3,7,2.0,\n")
    lake.query(id=["1800-3"], label=[2.0])
    without = replace(BATCH, batch_key=(), batch_prediction="")
    assert joined(lake, monitored=without).counts["predicted"] == 0


@pytest.mark.parametrize("text", ["many", "nan", "inf", ""])
def test_a_prediction_that_is_no_number_is_named(text):
    lake = Lake()
    scored(lake, "a", f"1800,3,7,{text},\n")
    with pytest.raises(DataError, match=rf"row 1800-3: predicted is '{text}', not a number"):
        joined(lake)


def test_a_line_without_a_column_of_the_join_is_named():
    lake = Lake()
    scored(lake, "a", "1800,3,7\n")
    # A line may lack the last column, which is here the one with the prediction.
    monitored = replace(BATCH, batch=BATCH.batch[:-1])
    with pytest.raises(DataError, match=r"row 1: no predicted: declare the columns .*\.py"):
        joined(lake, monitored=monitored)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"batch_key": ()}, "set both or none, to columns of batch"),
        ({"batch_key": ("hour",)}, r"batch_key is \('hour',\)"),
        ({"dataset": CLASSES}, "several classes or targets have no single prediction"),
    ],
)
def test_a_declaration_that_cannot_be_joined_is_refused(changed, expected):
    with pytest.raises(SettingError, match=expected):
        replace(BATCH, **changed)


def test_labelled_rows_are_read_as_they_were_written(tmp_path):
    lake = Lake()
    lake.capture(record("1", "1.5", id="a"))
    lake.query(id=["a"], label=[2.0])
    found = joined(lake)
    write_labelled(found, tmp_path)
    assert read_labelled(tmp_path) == found.rows
