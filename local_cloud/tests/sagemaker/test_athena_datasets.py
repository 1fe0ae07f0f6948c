"""Processing inputs from Athena queries."""

from __future__ import annotations

import json

import pytest

READ = """
import json, pathlib
rows = [
    json.loads(line)
    for path in sorted(pathlib.Path("/opt/ml/processing/input/data").iterdir())
    for line in path.read_text().splitlines()
]
pathlib.Path("/opt/ml/processing/output/out/rows.json").write_text(json.dumps(rows))
"""
JSON = "org.openx.data.jsonserde.JsonSerDe"


@pytest.fixture(scope="module")
def visits(cloud):
    """The table of the catalogue, whose file each test writes."""
    glue = cloud.client("glue")
    glue.create_database(DatabaseInput={"Name": "web"})

    def make(location):
        columns = [{"Name": "page", "Type": "string"}, {"Name": "n", "Type": "int"}]
        storage = {
            "Columns": columns,
            "Location": location,
            "SerdeInfo": {"SerializationLibrary": JSON},
        }
        described = {
            "Name": "visits",
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": storage,
        }
        glue.create_table(DatabaseName="web", TableInput=described)

    yield make
    glue.delete_database(Name="web")


def athena(workshop, sql="SELECT page, n FROM visits WHERE n > 1", **more):
    definition = {
        "Catalog": "AwsDataCatalog",
        "Database": "web",
        "QueryString": sql,
        "OutputS3Uri": workshop.uri("unloaded/"),
        "OutputFormat": "JSON",
        "OutputCompression": "NONE",
    }
    dataset = {
        "LocalPath": "/opt/ml/processing/input/data",
        "AthenaDatasetDefinition": definition | more,
    }
    return {"InputName": "data", "AppManaged": False, "DatasetDefinition": dataset}


def run(workshop, entry):
    outputs = {"out": workshop.uri("out")}
    return workshop.run_processing(workshop.processing(READ, inputs=[entry], outputs=outputs))


def test_the_rows_of_a_query_are_files_of_the_job(workshop, visits):
    workshop.put("visits/1", '{"page": "a", "n": 1}\n{"page": "b", "n": 2}\n')
    visits(workshop.uri("visits/"))
    found = run(workshop, athena(workshop))
    assert found["ProcessingJobStatus"] == "Completed", found
    assert json.loads(workshop.text("out/rows.json")) == [{"page": "b", "n": 2}]


def test_a_failed_query_fails_the_job_with_its_reason(workshop):
    found = run(workshop, athena(workshop, "SELECT * FROM unknown", Database="web"))
    assert found["ProcessingJobStatus"] == "Failed"
    assert "Athena query failed: " in found["FailureReason"]


def test_avro_is_refused_by_name(workshop):
    with pytest.raises(Exception, match="OutputFormat AVRO is not supported here; use PARQUET"):
        workshop.run_processing(
            workshop.processing(READ, inputs=[athena(workshop, OutputFormat="AVRO")])
        )
