"""The split does not depend on instances and files, and errors in data name their location."""

import csv
import json

import pytest

from pipeline_code.runtime.csv_data import read_csv
from pipeline_code.runtime.split import split_by_key
from pipeline_code.tickit.features import DATASET, KEY
from pipeline_code.tickit.preprocess import SHARES


def test_every_row_is_on_one_side(preprocessed, csv_lines):
    train, test = preprocessed.rows("train"), preprocessed.rows("test")
    assert len(train) + len(test) == len(csv_lines)
    assert {row["holiday"] for row in train} == {True, False}
    assert 0.15 < len(test) / len(csv_lines) < 0.25


@pytest.mark.parametrize(("hosts", "shards"), [(2, 8), (3, 8), (5, 3)])
def test_instances_do_not_change_the_sides(preprocess, preprocessed, hosts, shards):
    job, codes = preprocess(hosts=hosts, shards=shards)
    assert codes == [0] * hosts
    for side in ("train", "test"):
        assert job.rows(side) == preprocessed.rows(side)
        assert [part.name for part in job.parts(side)] == [
            f"part-{host}.parquet" for host in job.hosts
        ]


def test_report_counts_what_was_read(preprocessed, csv_lines):
    (path,) = preprocessed.parts("report")
    assert path.name == "report-algo-1.json"
    report = json.loads(path.read_text())
    assert report["rows"]["read"] == len(csv_lines) == sum(report["files"].values())
    assert report["rows"]["train"] == len(preprocessed.rows("train"))
    assert report["holidays"] == sum(",t," in line for line in csv_lines)
    assert report["tickets"] == sum(int(line.split(",")[0]) for line in csv_lines)


def test_the_inputs_to_compare_with_are_those_of_the_training_side(preprocess, preprocessed):
    """They contain neither the target nor the day, because every day is new."""
    (path,) = preprocessed.parts("baseline")
    assert path.name == "part-algo-1.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    train = preprocessed.rows("train")
    assert list(rows[0]) == ["venueid", "catid", "holiday", "events"]
    assert {row["holiday"] for row in rows} == {"true", "false"}
    venues = sorted(int(row["venueid"]) for row in rows)
    assert venues == sorted(row["venueid"] for row in train)
    # An instance without rows does not know the columns, and writes no file.
    job, _ = preprocess(hosts=3, shards=2)
    assert [part.name for part in job.parts("baseline")] == ["part-algo-1.csv", "part-algo-2.csv"]


def test_side_depends_on_the_key_and_the_seed_alone():
    lines = b"5,1,6,2008-03-01,f,1\n500,1,6,2008-03-01,t,3\n" * 50
    rows = read_csv(lines, DATASET.schema, source="rows")

    def test_rows(seed):
        return split_by_key(rows, SHARES, key=KEY, seed=seed)["test"].num_rows

    assert {test_rows(seed) for seed in range(20)} == {0, rows.num_rows}


def test_article_s_query_lacks_the_events(preprocess, csv_lines, train, evaluate):
    job, codes = preprocess(lines=[line.rpartition(",")[0] for line in csv_lines])
    assert codes == [0]
    training, codes = train(job)
    assert codes == [0]
    assert evaluate(training, job)[1] == [0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("5,1,6,2008-03-01,perhaps,1", "column holiday: 'perhaps' is not one of t, f"),
        ("5,1,6,01/03/2008,t,1", "column caldate: '01/03/2008' is not a date"),
        (",1,6,2008-03-01,t,1", "column total_sold: '' is not a whole number"),
        ("5,1,6,2008-03-01", "4 fields, must be 6"),
    ],
)
def test_broken_row_fails_with_its_place(preprocess, csv_lines, line, message):
    job, codes = preprocess(lines=[*csv_lines[:15], line], shards=8)
    assert codes == [1]
    assert job.message().startswith("0007_part_00, line 2")
    assert message in job.message()
    assert "Traceback" in job.output["algo-1"]


@pytest.mark.parametrize("shards", [0, 4])
def test_empty_result_fails(preprocess, shards):
    job, codes = preprocess(lines=[], shards=shards)
    assert codes == [1]
    assert job.message().startswith(f"the query's result has no rows in {shards} files")


def test_instance_without_files_is_no_failure_but_no_rows_at_all_are(preprocess, train):
    job, codes = preprocess(hosts=2, lines=[], shards=1)
    assert codes == [0, 0]
    training, codes = train(job)
    assert codes == [1]
    assert training.message().startswith("the training side has no rows in 2 files")
