"""The SQL statements of the function `extract`: prefixes, literals, bound values."""

from __future__ import annotations

import pytest

ROLE = "arn:aws:iam::123456789012:role/warehouse"
EVENT = {
    "query": "SELECT venueid FROM venue",
    "s3_uri": "s3://lake/unload/tickit/abc123/Extract/",
    "execution_id": "abc123",
    "format": "PARQUET",
    "partition_by": "",
    "parallel": "ON",
}


@pytest.fixture(scope="module")
def module(load_handler):
    return load_handler("extract")


@pytest.fixture
def extraction(module):
    """Validate EVENT with changes; `.statements()` returns its SQL."""

    def read(**changes):
        return module.Extraction.read({**EVENT, **changes}, "lake")

    return read


@pytest.fixture
def refused(module, extraction):
    def message(**changes):
        with pytest.raises(module.beside.bound_query.ArgumentRefused) as refusal:
            extraction(**changes).statements(ROLE)
        return str(refusal.value)

    return message


def test_a_query_without_values_is_one_statement(extraction):
    assert extraction().statements(ROLE) == [
        "UNLOAD ('SELECT venueid FROM venue') TO 's3://lake/unload/tickit/abc123/Extract/' "
        f"IAM_ROLE '{ROLE}' FORMAT PARQUET PARALLEL ON MANIFEST VERBOSE ENCRYPTED AUTO CLEANPATH"
    ]


def test_csv_has_a_header_and_is_gzipped(extraction):
    (unload,) = extraction(format="CSV", parallel="OFF").statements(ROLE)
    assert "FORMAT CSV HEADER GZIP PARALLEL OFF MANIFEST" in unload


def test_a_partition_column_stays_in_the_files(extraction):
    (unload,) = extraction(partition_by="catid").statements(ROLE)
    assert unload.endswith("PARTITION BY (catid) INCLUDE")


@pytest.mark.parametrize(
    ("query", "literal"),
    [
        ("SELECT 'it''s'", "'SELECT ''it''''s'''"),
        (r"SELECT 'a\\b'", r"'SELECT ''a\\\\b'''"),
        ("SELECT $$ 'a' $$", "'SELECT $$ ''a'' $$'"),
        ("SELECT 1 -- it's\nFROM venue;", "'SELECT 1 -- it''s\nFROM venue'"),
    ],
)
def test_quotes_backslashes_dollars_and_line_ends_are_escaped(extraction, query, literal):
    (unload,) = extraction(query=query).statements(ROLE)
    assert unload.startswith(f"UNLOAD ({literal}) TO ")


def test_values_are_inserted_into_a_temporary_table_and_never_into_the_sql_text(extraction):
    query = "SELECT * FROM sales WHERE day >= CAST(:since AS DATE) AND note = :note"
    evil = "'; drop table sales; --"
    table, insert, unload = extraction(
        query=query, value_since="2008-01-01", value_note=evil
    ).statements(ROLE)
    assert table == (
        "CREATE TEMPORARY TABLE bound_values "
        "(value_since VARCHAR(65535), value_note VARCHAR(65535))"
    )
    assert insert == "INSERT INTO bound_values VALUES (:since, :note)"
    assert "CAST((SELECT value_since FROM bound_values) AS DATE)" in unload
    assert "note = (SELECT value_note FROM bound_values)" in unload
    assert "drop" not in table + insert + unload


@pytest.mark.parametrize(
    "piece",
    [
        "' :since '",
        "'it''s :since'",
        r"'\' :since'",
        '":since"',
        "$$ :since $$",
        "$tag$ $$ :since $tag$",
        "-- :since\n1",
        "/* :since\n */ 1",
        "note::since",
    ],
)
def test_text_that_only_looks_like_a_parameter_is_unchanged(extraction, piece):
    (unload,) = extraction(query=f"SELECT {piece} FROM sales").statements(ROLE)
    assert "bound_values" not in unload


def test_each_parameter_needs_one_value(refused):
    assert "the query has the parameters ['day'], but there are values for []" in refused(
        query="SELECT :day"
    )
    assert "the query has the parameters [], but there are values for ['day']" in refused(
        value_day="1"
    )


@pytest.mark.parametrize(
    "uri",
    [
        "s3://lake/unload/tickit/other1/Extract/",
        "s3://elsewhere/unload/tickit/abc123/Extract/",
        "s3://lake/unload/tickit/abc123/",
        "s3://lake/unload/tickit/abc123/Extract",
        "s3://lake/unload/tickit/abc123/../../bank/abc123/x/",
        "s3://lake/incoming/tickit/abc123/Extract/",
        "s3://lakeX/unload/tickit/abc123/Extract/",
        "s3://lake/unload/tickit/abc123/Extract/\n",
    ],
)
def test_a_prefix_outside_the_execution_is_refused(refused, uri):
    assert "expected a prefix of execution abc123" in refused(s3_uri=uri)


def test_an_execution_id_is_not_used_as_a_pattern(refused):
    assert "expected a prefix of execution .*" in refused(execution_id=".*")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "JSON"}, "format is 'JSON', expected PARQUET or CSV"),
        ({"format": "CSV ALLOWOVERWRITE"}, "format is"),
        ({"partition_by": "catid) INCLUDE; drop"}, "expected a column name, or an empty string"),
        ({"parallel": "MAYBE"}, "parallel is 'MAYBE', expected ON or OFF"),
        ({"value_x) VALUES (1": "1"}, "expected a lower-case name"),
    ],
)
def test_other_arguments_must_match_a_fixed_pattern(refused, change, message):
    assert message in refused(**change)


def test_a_missing_argument_is_named(module):
    event = {name: value for name, value in EVENT.items() if name not in ("query", "s3_uri")}
    with pytest.raises(
        module.beside.bound_query.ArgumentRefused,
        match=r"the arguments \['query', 's3_uri'\] are missing",
    ):
        module.Extraction.read(event, "lake")
