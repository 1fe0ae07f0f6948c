"""COPY: the data formats and data conversion parameters, as documented."""

from __future__ import annotations

import bz2

import pytest

ROLE = "IAM_ROLE '{role}'"
COLUMNS = "a int, b varchar(30), c decimal(8,2), d date, e char(4)"


@pytest.fixture(autouse=True)
def table(cluster):
    """An empty table t, and an empty prefix in/."""
    cluster.run("drop table if exists t")
    for key in cluster.keys("in/"):
        cluster.s3.delete_object(Bucket="lake", Key=key)
    cluster.run(f"create table t ({COLUMNS})")


def load(cluster, content, options="", columns="a, b"):
    cluster.put("in/x", content)
    cluster.run(f"COPY t ({columns}) FROM 's3://lake/in/x' {ROLE} {options}")
    return cluster.rows(f"select {columns} from t order by 1")


# Page "Data conversion parameters", ESCAPE: the input and the loaded value.
ESCAPED = (
    "1|The quick brown fox\\\njumped over the lazy dog.\n"
    "2|\\\\ABC\n"
    "3|\\A \\| B \\| C\n"
    "4|'A Midsummer\\'s Dream'\n"
)


def test_escape_keeps_the_next_character(cluster):
    cluster.run("drop table t")
    cluster.run("create table t (a int, b varchar(60))")
    assert load(cluster, ESCAPED, "ESCAPE REMOVEQUOTES") == [
        (1, "The quick brown fox\njumped over the lazy dog."),
        (2, "\\ABC"),
        (3, "A | B | C"),
        (4, "A Midsummer's Dream"),
    ]


def test_the_line_of_an_error_counts_escaped_line_ends(cluster):
    cluster.put("in/x", "1|a\\\nb\nx|c\n")
    said = cluster.error(f"COPY t (a, b) FROM 's3://lake/in/x' {ROLE} ESCAPE")
    assert "line 3, column a" in said


@pytest.mark.parametrize(
    ("content", "options", "columns", "expected"),
    [
        ("1|20.259\n", "", "a, c", [(1, "20.25")]),
        ("1|20.259\n", "ROUNDEC", "a, c", [(1, "20.26")]),
        ("1|-0.999\n", "", "a, c", [(1, "-0.99")]),
        ("1|x  \n", "TRIMBLANKS", "a, b", [(1, "x")]),
        ("1|x  \n", "", "a, b", [(1, "x  ")]),
        ("1\n2|x\n", "FILLRECORD", "a, b, e", [(1, "", None), (2, "x", None)]),
        ("1\n", "FILLRECORD EMPTYASNULL", "a, b", [(1, None)]),
        ("1|a\n\n2|b\n", "IGNOREBLANKLINES", "a, b", [(1, "a"), (2, "b")]),
        ("1|00/00/00\n", "ACCEPTANYDATE", "a, d", [(1, None)]),
        ("1|   |\n2||\n", "EMPTYASNULL BLANKSASNULL", "a, b", [(1, None), (2, None)]),
        ("1|   |\n2||\n", "BLANKSASNULL", "a, b", [(1, None), (2, "")]),
        ("1|a|\n", "", "a, b", [(1, "a")]),
        (bz2.compress(b"1|a\n"), "BZIP2", "a, b", [(1, "a")]),
        ('1,"a,b"\n\n', "CSV IGNOREBLANKLINES", "a, b", [(1, "a,b")]),
    ],
)
def test_a_conversion(cluster, content, options, columns, expected):
    assert load(cluster, content, options, columns) == expected


def test_fixed_width_fields_count_characters(cluster):
    assert load(cluster, "1 éa\n22b\n", "FIXEDWIDTH 'x:2,y:5'") == [(1, "éa"), (22, "b")]


JSON = (
    '{"a": 1, "b": "x", "c": 1.239, "e": null}\n{"b": {"k": [1, 2.5]}, "a": 2, "d": "2008-01-02"}'
)


def test_json_objects_fill_columns_by_name(cluster):
    assert load(cluster, JSON, "JSON 'auto'", "a, b, c, d") == [
        (1, "x", "1.23", None),
        (2, '{"k":[1,2.5]}', None, "2008-01-02"),
    ]


def test_json_by_paths(cluster):
    cluster.put("in/paths", '{"jsonpaths": ["$.a", "$.b.k[1]"]}')
    options = "FORMAT AS JSON 's3://lake/in/paths'"
    assert load(cluster, JSON.split("\n")[1], options) == [(2, "2.5")]
    cluster.put("in/paths", '{"jsonpaths": ["$.a"]}')
    assert "Number of jsonpaths and the number of columns should match" in cluster.error(
        f"COPY t FROM 's3://lake/in/x' {ROLE} {options}"
    )


def test_text_that_is_not_json_is_a_load_error(cluster):
    cluster.put("in/x", '{"a": 1}\n{"a": ')
    said = cluster.error(f"COPY t FROM 's3://lake/in/x' {ROLE} JSON 'auto'")
    assert "line 2" in said
    assert "Invalid JSON format" in said


def test_timestamps_with_a_time_zone(cluster):
    cluster.run("drop table t")
    cluster.run("create table t (a int, b timestamptz)")
    assert load(cluster, "1|2008-01-02 10:00:00+02\n2|2008-01-02 10:00:00\n") == [
        (1, "2008-01-02 08:00:00+00"),
        (2, "2008-01-02 10:00:00+00"),
    ]


def test_times_and_bytes(cluster):
    cluster.run("drop table t")
    cluster.run("create table t (a time, b varbyte(4))")
    assert load(cluster, "10:20:30|616263\n") == [("10:20:30", "616263")]


def test_explicit_identity_values(cluster):
    cluster.run("drop table t")
    cluster.run("create table t (a int identity(1,1), b varchar(5))")
    assert load(cluster, "7|x\n", "EXPLICIT_IDS") == [(7, "x")]
    assert "EXPLICIT_IDS" in cluster.error(f"COPY t (b) FROM 's3://lake/in/x' {ROLE} EXPLICIT_IDS")


@pytest.mark.parametrize("source", ["dynamodb://t", "emr://j-1/x", "ssh://host"])
def test_other_sources_are_refused_by_name(cluster, source):
    assert f"COPY from {source[:3]}" in cluster.error(f"COPY t FROM '{source}' {ROLE}")
