"""Raw files are converted to a clean table on any number of hosts; errors are located."""

import csv
import json
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.insurance.dictionary import COLUMNS


def replaced(line, column, value):
    """Return the line with another value in the column (from 1)."""
    fields = line.split("\t")
    return "\t".join([*fields[: column - 1], value, *fields[column:]])


def refusals(job):
    """Return the rejected rows of all hosts, as `file, line, column, value, allowed`."""
    rows = []
    for part in job.parts("refused"):
        with part.open(newline="") as file:
            header, *found = csv.reader(file)
            assert header == ["file", "line", "column", "value", "allowed"]
            rows += found
    return rows


def test_every_row_is_clean(cleaned, codes, as_codes):
    table = cleaned.table()
    assert table.column_names == [column.name for column in COLUMNS]
    assert np.array_equal(as_codes(table), codes[: table.num_rows])
    assert refusals(cleaned) == []


def test_columns_are_typed_and_labelled(cleaned, codes):
    table = cleaned.table()
    age = table["average_age"].combine_chunks()
    assert age.type == pa.dictionary(pa.int8(), pa.string(), ordered=True)
    assert age.dictionary.to_pylist()[:2] == ["20-30 years", "30-40 years"]
    assert age[0].as_py() == age.dictionary[int(codes[0, 3]) - 1].as_py()
    assert table.schema.field("policies_car").type == pa.int8()
    assert table.schema.field("has_mobile_home_policy").type == pa.bool_()
    assert table.schema.field("average_age").metadata == {
        b"code": b"MGEMLEEF",
        b"meaning": b"Avg age",
    }
    assert not any(field.nullable for field in table.schema)


def test_labels_may_be_left_out(etl, lines, codes, as_codes):
    job, exits = etl({"ticdata2000.txt": lines}, labels="false")
    assert exits == [0]
    table = job.table()
    kinds = {str(field.type) for field in table.schema}
    assert kinds == {"int8", "bool"}
    assert table["average_age"].to_pylist() == codes[: len(lines), 3].tolist()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_and_blank_lines_do_not_matter(etl, lines, cleaned, newline):
    job, exits = etl({"ticdata2000.txt": [lines[0], "", *lines[1:], ""]}, newline=newline)
    assert exits == [0]
    assert job.table().equals(cleaned.table())


@pytest.mark.parametrize(("hosts", "files"), [(1, 3), (3, 3), (3, 2)])
def test_hosts_and_files_do_not_change_the_rows(etl, lines, cleaned, hosts, files):
    share = len(lines) // files
    shards = {
        f"ticdata-{number}.txt": lines[number * share : (number + 1) * share]
        for number in range(files)
    }
    job, exits = etl(shards, hosts=hosts)
    assert exits == [0] * hosts
    assert [part.name for part in job.parts("clean")] == [
        f"part-{host}.parquet" for host in job.hosts
    ]
    rows = [row for part in job.parts("clean") for row in pq.read_table(part).to_pylist()]
    expected = cleaned.table().to_pylist()
    assert sorted(rows, key=str) == sorted(expected, key=str)
    reports = [json.loads(path.read_text()) for path in job.parts("report")]
    assert sum(report["rows"] for report in reports) == len(lines)


@pytest.mark.parametrize(
    ("column", "value", "what", "allowed"),
    [
        (4, "7", "column MGEMLEEF (average_age)", "a whole number from 1 to 6"),
        (1, "42", "column MOSTYPE (customer_subtype)", "a whole number from 1 to 41"),
        (6, "", "column MGODRK (roman_catholic)", "a whole number from 0 to 9"),
        (6, "3.0", "column MGODRK (roman_catholic)", "a whole number from 0 to 9"),
        (2, "\xe9", "column MAANTHUI (number_of_houses)", "a whole number from 1 to 10"),
        (86, "2", "column CARAVAN (has_mobile_home_policy)", "a whole number from 0 to 1"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(etl, lines, column, value, what, allowed):
    broken = [*lines[:9], replaced(lines[9], column, value), *lines[10:]]
    job, exits = etl({"ticdata2000.txt": broken})
    assert exits == [0]
    assert refusals(job) == [["ticdata2000.txt", "10", what, value, allowed]]
    assert job.table().num_rows == len(lines) - 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("-1", "'-1"),
        ("+1", "'+1"),
        ('@SUM("A1")', '\'@SUM("A1")'),
        ("\r1", "'\r1"),
        ("1=1", "1=1"),
        ("7" * 2**20, "7" * 80),
    ],
    ids=lambda value: value[:9],
)
def test_a_spreadsheet_shows_a_refused_value_and_does_not_run_it(etl, lines, value, shown):
    job, exits = etl({"ticdata2000.txt": [replaced(lines[0], 6, value)]})
    assert exits == [0]
    ((_, _, _, written, _),) = refusals(job)
    assert written == shown
    (report,) = job.parts("report")
    assert len(report.read_text()) < 1024


@pytest.mark.parametrize(
    ("contribution", "number", "expected"),
    [
        ("6", "0", ["column PPERSAUT (contribution_car)", "6", "APERSAUT (policies_car) is 0"]),
        ("0", "2", ["column APERSAUT (policies_car)", "2", "PPERSAUT (contribution_car) is 0"]),
    ],
)
def test_a_contribution_without_a_policy_is_odd(etl, lines, contribution, number, expected):
    line = replaced(replaced(lines[0], 47, contribution), 68, number)
    job, exits = etl({"ticdata2000.txt": [line]})
    assert exits == [0]
    ((_, _, column, value, allowed),) = refusals(job)
    assert [column, value] == expected[:2]
    assert allowed == f"0 as long as column {expected[2]}"


def test_another_number_of_columns_is_named(etl, lines):
    content = [lines[0], lines[1].replace("\t", ","), lines[2] + "\t0"]
    job, exits = etl({"ticdata2000.txt": content})
    assert exits == [0]
    allowed = "86 columns with tabs between them"
    assert refusals(job) == [
        ["ticdata2000.txt", "2", "columns", "1", allowed],
        ["ticdata2000.txt", "3", "columns", "87", allowed],
    ]


def test_what_is_no_data_file_is_not_read_but_reported(etl, lines):
    job, exits = etl({"ticdata2000.txt": lines, "dictionary.txt": ["DATA DICTIONARY"]})
    assert exits == [0]
    (path,) = job.parts("report")
    report = json.loads(path.read_text())
    assert report["ignored_files"] == ["dictionary.txt"]
    assert report["files"] == {"ticdata2000.txt": {"rows": len(lines), "refused": 0}}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"date": "20000101"}, "DatasetDate is '20000101': allowed is a date such as 2000-01-31"),
        ({"date": "../bank"}, "DatasetDate is '../bank': allowed is a date"),
        ({"labels": "perhaps"}, "LABELS is 'perhaps': allowed are true and false"),
    ],
)
def test_a_wrong_setting_is_refused(etl, lines, settings, message):
    job, exits = etl({"ticdata2000.txt": lines}, **settings)
    assert exits == [1]
    assert job.message().startswith(message)
    assert job.parts("clean") == []


def test_the_archive_holds_the_dictionary_and_no_generator(archive):
    names = zipfile.ZipFile(archive).namelist()
    assert "pipeline_code/insurance/dictionary.py" in names
    assert not [name for name in names if "sample_data" in name or name.endswith("pipeline.py")]


@pytest.mark.real_data
@pytest.mark.parametrize("hosts", [1, 3])
def test_the_real_file_is_clean_as_a_whole(etl, real_data, as_codes, hosts):
    folder = real_data / "insurance"
    content = (folder / "ticdata2000.txt").read_text().splitlines()
    parts = {f"ticdata-{part}.txt": content[part::hosts] for part in range(hosts)}
    job, exits = etl(parts, hosts=hosts)
    assert exits == [0] * hosts
    assert refusals(job) == []
    table = job.table()
    assert table.num_rows == 5822
    assert sum(table["has_mobile_home_policy"].to_pylist()) == 348
    raw = np.loadtxt(folder / "ticdata2000.txt", dtype=np.int64)
    ordered = np.concatenate([raw[part::hosts] for part in range(hosts)])
    assert np.array_equal(as_codes(table), ordered)
