"""Sides and features do not depend on the number of instances; errors name their location."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from pipeline_code.bank.features import DATASET, flow_of
from tests.pipelines.bank.conftest import ROWS

CLIENT = "30,student,single,high.school,no,yes,no,cellular,may,mon"
CALL = f"{CLIENT},100,1,999,0,nonexistent,1.1,93.994,-36.4,4.857,5191.0,no"


def matrix(job, side):
    """Return the rows of an output of all hosts, sorted."""
    filled = [part for part in job.parts(side) if part.stat().st_size]
    rows = np.vstack([np.loadtxt(part, delimiter=",", ndmin=2) for part in filled])
    return rows[np.lexsort(rows.T)]


def raw(job):
    """Return the test rows of all hosts, sorted."""
    rows = [row for part in job.parts("test") for row in pq.read_table(part).to_pylist()]
    return sorted(rows, key=lambda row: [row[name] for name in DATASET.schema.names])


def test_every_row_is_on_one_of_three_sides(preprocessed):
    counts = [len(matrix(preprocessed, side)) for side in ("train", "validation")]
    counts.append(len(raw(preprocessed)))
    assert sum(counts) == ROWS
    for count, share in zip(counts, (0.7, 0.2, 0.1), strict=True):
        assert abs(count / ROWS - share) < 0.02


@pytest.mark.parametrize(("hosts", "shards"), [(3, 8), (5, 3)])
def test_instances_do_not_change_the_sides(preprocess, preprocessed, hosts, shards):
    job, codes = preprocess(hosts=hosts, shards=shards)
    assert codes == [0] * hosts
    for side in ("train", "validation"):
        assert np.array_equal(matrix(job, side), matrix(preprocessed, side))
        filled = job.hosts[:shards]
        assert [part.name for part in job.parts(side)] == [f"part-{h}.csv" for h in filled]
    assert raw(job) == raw(preprocessed)


def test_equal_rows_are_kept_and_stay_together(preprocess):
    job, codes = preprocess(rows=[CALL] * 50, hosts=3, shards=7)
    assert codes == [0, 0, 0]
    sizes = [sum(len(part.read_text().splitlines()) for part in job.parts(s)) for s in SIDES]
    assert sorted([*sizes, len(raw(job))]) == [0, 0, 50]


SIDES = ("train", "validation")


@pytest.mark.parametrize(("columns", "count"), [("campaign", 62), ("macro", 67)])
def test_the_label_is_first_and_features_are_declared(preprocess, lines, columns, count):
    job, _ = preprocess(columns=columns)
    names = list(flow_of(columns).features)
    rows = matrix(job, "train")
    assert rows.shape[1] == 1 + len(names) == count
    assert set(rows[:, 0]) == {0.0, 1.0}
    assert ("euribor3m" in names) == (columns == "macro")
    assert not [name for name in names if name.startswith("duration")]
    of = dict(zip(names, rows.T[1:], strict=True))
    assert np.array_equal(of["no_previous_contact"], of["pdays"] == 999)
    jobs = of["job=student"] + of["job=retired"] + of["job=unemployed"]
    assert np.array_equal(of["not_working"], jobs)
    # January has a column, although no call was made in January.
    assert not of["month=jan"].any()
    for name in ("job", "month", "poutcome"):
        flags = [values for key, values in of.items() if key.startswith(f"{name}=")]
        assert np.array_equal(sum(flags), np.ones(len(rows)))


def test_report_counts_what_was_read(preprocessed, lines):
    (path,) = preprocessed.parts("report")
    report = json.loads(path.read_text())
    assert report["rows"]["read"] == ROWS == sum(report["files"].values())
    assert report["subscribed"] == sum(line.endswith(",yes") for line in lines)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (CALL.replace("student", "pupil"), "column job: 'pupil' is not one of admin., blue-collar"),
        (CALL.replace("30,", "old,"), "column age: 'old' is not a whole number"),
        (CALL.removesuffix("no") + "perhaps", "column y: 'perhaps' is not one of no, yes"),
        (CALL.replace(",mon", ""), "20 fields, must be 21"),
    ],
)
def test_broken_row_fails_with_its_place(preprocess, lines, row, message):
    job, codes = preprocess(rows=[*lines[:15], row])
    assert codes == [1]
    assert job.message().startswith("0007_part_00, line 2")
    assert message in job.message()


def test_empty_result_fails(preprocess, train):
    job, codes = preprocess(rows=[], shards=2)
    assert codes == [1]
    assert job.message().startswith("the query's result has no rows in 2 files")
    job, codes = preprocess(rows=[], hosts=3, shards=1)
    assert codes == [0, 0, 0]
    training, codes = train(job)
    assert codes == [1]
    assert training.message().startswith("train: no rows in the files of the channel")


def test_columns_that_there_are_not_are_refused(preprocess):
    job, codes = preprocess(columns="all")
    assert codes == [1]
    assert job.message() == (
        "FEATURE_COLUMNS of the job's environment is 'all': allowed are campaign, macro"
    )
