"""The deployed code of the function `extract`, tested against a laptop cloud."""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import dataclass

import pyarrow.parquet as pq
import pytest

LAKE = "lake"
TABLE = """
CREATE TABLE sales (day DATE, tickets INTEGER, note VARCHAR(40));
INSERT INTO sales VALUES
('2008-01-01', 1, 'it''s $$'), ('2008-01-02', 2, 'a\\\\b'), ('2008-01-03', 3, NULL);
CREATE USER pipeline_reader PASSWORD DISABLE;
GRANT USAGE ON SCHEMA public TO pipeline_reader;
GRANT SELECT ON TABLE sales TO pipeline_reader
"""


@dataclass
class Lake:
    """Reads the files that the function writes to the lake."""

    s3: object

    def keys(self, prefix):
        found = self.s3.list_objects_v2(Bucket=LAKE, Prefix=prefix)
        return [item["Key"] for item in found.get("Contents", ())]

    def get(self, uri):
        key = uri.removeprefix(f"s3://{LAKE}/")
        return self.s3.get_object(Bucket=LAKE, Key=key)["Body"].read()

    def listed(self, outputs):
        """Return the files that SageMaker's manifest lists: relative name -> bytes."""
        first, *names = json.loads(self.get(outputs["manifest_uri"]))
        assert first == {"prefix": outputs["s3_uri"]}
        return {name: self.get(outputs["s3_uri"] + name) for name in names}

    def rows(self, outputs):
        tables = [pq.read_table(io.BytesIO(file)) for file in self.listed(outputs).values()]
        return sorted((row for table in tables for row in table.to_pylist()), key=str)


@pytest.fixture(scope="module")
def warehouse(laptop):
    """A laptop cloud with a table and a user who may read it."""
    laptop.run(*TABLE.strip().split(";\n"))
    return laptop


@pytest.fixture(scope="module")
def lake(laptop):
    return Lake(laptop.s3)


@pytest.fixture
def module(warehouse, load_handler, use_variables):
    use_variables(warehouse.environment("pipeline_reader"))
    return load_handler("extract")


@pytest.fixture
def extract(module, context, request):
    """Run an extraction. The execution id is derived from the name of the test."""
    execution = str(abs(hash(request.node.name)))

    def run(query, *, execution_id=execution, **changes):
        event = {
            "query": query,
            "s3_uri": f"s3://{LAKE}/unload/tickit/{execution_id}/Extract/",
            "execution_id": execution_id,
            "format": "PARQUET",
            "partition_by": "",
            "parallel": "ON",
            **changes,
        }
        return module.handler(event, context)

    return run


def test_the_manifest_lists_the_files_with_the_rows_of_the_query(lake, extract):
    outputs = extract("SELECT tickets, note FROM sales;")
    assert sorted(outputs) == ["manifest_uri", "query_id", "rows", "s3_uri"]
    assert outputs["rows"] == "3"
    assert lake.rows(outputs) == [
        {"tickets": 1, "note": "it's $$"},
        {"tickets": 2, "note": "a\\b"},
        {"tickets": 3, "note": None},
    ]


@pytest.mark.parametrize(
    ("literal", "tickets"),
    [("'it''s $$'", 1), (r"'it\'s $$'", 1), (r"'a\\b'", 2), ("$$it's $$||'$$'", 1)],
)
def test_literals_keep_their_value_inside_unload(lake, extract, literal, tickets):
    outputs = extract(f"SELECT tickets\nFROM sales -- it's\nWHERE note = {literal}")
    assert lake.rows(outputs) == [{"tickets": tickets}]


def test_values_are_bound(lake, extract):
    outputs = extract(
        "SELECT tickets FROM sales WHERE day BETWEEN :first::date AND CAST(:last AS DATE)",
        value_first="2008-01-02",
        value_last="2999-12-31",
    )
    assert [row["tickets"] for row in lake.rows(outputs)] == [2, 3]


@pytest.mark.parametrize("value", ["'; drop table sales; --", "x' OR '1'='1", "\\'; --", "$$"])
def test_an_injection_reads_nothing_and_changes_nothing(laptop, extract, module, value):
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match="the query returned no rows"
    ):
        extract("SELECT tickets FROM sales WHERE note = :note", value_note=value)
    assert laptop.rows("SELECT COUNT(*) FROM sales") == [[3]]


def test_a_value_that_cannot_be_cast_fails_with_the_error_of_the_database(extract, module):
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match="FAILED: ERROR: invalid .*drop table sales"
    ):
        extract(
            "SELECT tickets FROM sales WHERE day > CAST(:day AS DATE)",
            value_day="'; drop table sales; --",
        )


def test_an_error_of_the_database_is_raised(extract, module):
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match='FAILED: ERROR: relation "sold" does not'
    ):
        extract("SELECT * FROM sold")


def test_a_table_without_a_grant_cannot_be_read(laptop, extract, module):
    laptop.run("CREATE TABLE secrets (a INTEGER)")
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match="permission denied for relation secrets"
    ):
        extract("SELECT * FROM secrets")


def test_an_empty_result_fails_and_removes_the_files_of_an_earlier_attempt(lake, extract, module):
    first = extract("SELECT tickets FROM sales")
    with pytest.raises(
        module.beside.unloading.ExtractionFailed, match="returned no rows.*check the tables"
    ):
        extract("SELECT tickets FROM sales WHERE tickets > 9")
    assert lake.keys(first["s3_uri"].removeprefix(f"s3://{LAKE}/")) == []


def test_a_second_attempt_lists_only_its_own_files(lake, extract):
    extract("SELECT tickets FROM sales")
    outputs = extract("SELECT tickets FROM sales WHERE tickets = 2")
    assert lake.rows(outputs) == [{"tickets": 2}]


def test_two_executions_have_disjoint_prefixes(lake, extract):
    one, two = (extract("SELECT tickets FROM sales", execution_id=name) for name in ("a1", "b2"))
    assert lake.rows(one) == lake.rows(two)
    assert not one["s3_uri"].startswith(two["s3_uri"])
    assert not two["manifest_uri"].startswith(one["s3_uri"])


def test_csv_with_header_gzipped_in_one_file(lake, extract):
    outputs = extract("SELECT day, tickets FROM sales ORDER BY 1", format="CSV", parallel="OFF")
    ((name, file),) = lake.listed(outputs).items()
    assert name.endswith(".gz")
    assert gzip.decompress(file).decode().splitlines()[:2] == ["day,tickets", "2008-01-01,1"]


def test_csv_without_header_has_only_rows(lake, extract):
    outputs = extract(
        "SELECT day, tickets FROM sales ORDER BY 1", format="CSV_WITHOUT_HEADER", parallel="OFF"
    )
    (file,) = lake.listed(outputs).values()
    assert gzip.decompress(file).decode().splitlines()[:2] == ["2008-01-01,1", "2008-01-02,2"]


def test_the_name_of_a_pipeline_may_contain_hyphens(extract):
    uri = f"s3://{LAKE}/unload/tickit-batch/h1/Extract/"
    assert extract("SELECT tickets FROM sales", execution_id="h1", s3_uri=uri)["s3_uri"] == uri


def test_partitions_are_folders_and_their_column_stays_in_the_files(lake, extract):
    outputs = extract("SELECT tickets, note FROM sales", partition_by="tickets")
    assert {name.split("/")[0] for name in lake.listed(outputs)} == {
        "tickets=1",
        "tickets=2",
        "tickets=3",
    }
    assert [row["tickets"] for row in lake.rows(outputs)] == [1, 2, 3]
