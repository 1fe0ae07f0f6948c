"""Rows of adult.csv are split independently of the instances; invalid rows are rejected."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.census.encoder import ENCODER
from pipeline_code.census.features import SCHEMA


def encoded(job, name):
    """Return the lines of an encoded side of all hosts, sorted."""
    return sorted(line for part in job.parts(name) for line in part.read_text().splitlines())


def raw(job):
    """Return the rows of the test side of all hosts, sorted."""
    tables = [pq.read_table(part) for part in job.parts("test")]
    rows = pa.concat_tables(tables).to_pylist()
    return sorted(rows, key=lambda row: list(row.values()))


def test_rows_are_dealt_out_to_three_sides(preprocessed, lines):
    sizes = [
        *(len(encoded(preprocessed, name)) for name in ("train", "validation")),
        len(raw(preprocessed)),
    ]
    assert sum(sizes) == len(lines) - 1
    for size, share in zip(sizes, (0.6, 0.1, 0.3), strict=True):
        assert size / sum(sizes) == pytest.approx(share, abs=0.03)


def test_sides_are_numbers_with_the_label_first_and_no_header(preprocessed):
    rows = [[float(text) for text in line.split(",")] for line in encoded(preprocessed, "train")]
    assert {len(row) for row in rows} == {1 + len(ENCODER.names)}
    assert {row[0] for row in rows} == {0.0, 1.0}
    assert {row[1] for row in rows} <= set(range(17, 91))


def test_test_rows_stay_raw(preprocessed):
    assert list(raw(preprocessed)[0]) == SCHEMA.names


def test_report_counts_what_was_read(preprocessed, lines):
    report = json.loads(preprocessed.parts("report")[0].read_text())
    assert report["files"] == {"adult-0.csv": len(lines) - 1}
    assert report["rows"]["train"] == len(encoded(preprocessed, "train"))
    high = sum('">50K"' in line for line in lines)
    assert sum(report["high_income"].values()) == high


@pytest.mark.parametrize(("hosts", "files"), [(1, 4), (3, 5), (3, 1)])
def test_instances_and_files_change_nothing(preprocess, preprocessed, hosts, files):
    job, codes = preprocess(hosts=hosts, files=files)
    assert codes == [0] * hosts
    for name in ("train", "validation"):
        assert encoded(job, name) == encoded(preprocessed, name)
    assert raw(job) == raw(preprocessed)
    encoders = {part.read_text() for part in job.parts("encoder")}
    assert encoders == {ENCODER.to_json()}
    names = [part.name for part in job.parts("train")]
    assert len(names) == len(set(names)) == min(hosts, files)


def replaced(lines, number, old, new):
    assert old in lines[number]
    return [*lines[:number], lines[number].replace(old, new, 1), *lines[number + 1 :]]


def test_an_unknown_category_fails_with_its_place(preprocess, lines):
    number = next(index for index, line in enumerate(lines) if '"United-States"' in line)
    job, codes = preprocess(content=replaced(lines, number, "United-States", "Atlantis"))
    assert codes == [1]
    place = f"adult-0.csv, line {number + 1}, column native.country: 'Atlantis' is not one of ?,"
    assert job.message().startswith(place)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: [lines[0], "x" + lines[1]], "column age: 'x"),
        (lambda lines: [lines[0], "38," + lines[1]], "16 fields, must be 15: age, workclass"),
        (lambda lines: [lines[0].replace("race", "breed"), *lines[1:]], "missing race, not decl"),
        (lambda lines: lines[:1], "the data has no rows in 1 files, at least 1 needed"),
        (lambda lines: lines[:2], "at least one of either kind is needed; check the data that"),
    ],
)
def test_other_data_is_refused(preprocess, lines, change, message):
    job, codes = preprocess(content=change(lines))
    assert codes == [1]
    assert message in job.message()


def test_a_host_without_a_file_leaves_no_empty_csv(preprocess, lines, train):
    job, codes = preprocess(hosts=2, content=lines[:1])
    assert codes == [0, 0]
    assert job.parts("train") == []
    training, codes = train(job)
    assert codes == [1]
    assert training.message().startswith("train: no rows in the files of the channel")
