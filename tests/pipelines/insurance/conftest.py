"""Runs the steps from the built archive, over raw files of a small or a complete data set."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass

import boto3
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.archive import build_archive
from pipeline_code.insurance.sample_data.__main__ import generate
from tests.registry import CREDENTIALS
from tests.unit.job import Job

LAKE = "lake"
CLEAN = f"s3://{LAKE}/kept/insurance/{{}}/etl/clean"
POINTER = "kept/insurance/latest.json"


@dataclass
class InsuranceJob(Job):
    """A job whose outputs are parts of tables."""

    def table(self) -> pa.Table:
        """The clean rows of all hosts."""
        return pa.concat_tables(pq.read_table(part) for part in self.parts("clean"))


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    return build_archive("insurance", tmp_path_factory.mktemp("code"))


@pytest.fixture(scope="session")
def codes():
    """The generated codes of all rows, of shape (5822, 86)."""
    return generate(0)


@pytest.fixture(scope="session")
def lines(codes):
    """The lines of a raw file, without line ends."""
    return ["\t".join(map(str, row)) for row in codes[:60].tolist()]


@pytest.fixture(scope="session")
def etl(archive, tmp_path_factory):
    """Return a function that runs etl over files (name -> lines), distributed over the hosts."""

    def run(files, *, hosts=1, newline="\r\n", date="2000-01-01", labels="true"):
        names = [f"algo-{number}" for number in range(1, hosts + 1)]
        variables = {"DATASET_DATE": date, "LABELS": labels}
        folder = tmp_path_factory.mktemp("etl")
        job = InsuranceJob(archive, folder, "etl", names, environment=variables)
        job.configure()
        inputs = [job.input("raw", host) for host in names]
        for turn, (name, content) in enumerate(sorted(files.items())):
            path = inputs[turn % hosts] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes("".join(f"{line}{newline}" for line in content).encode("latin-1"))
        return job, job.run()

    return run


@pytest.fixture(scope="session")
def cleaned(etl, lines):
    """The completed job etl of all lines on one host."""
    job, codes = etl({"ticdata2000.txt": lines})
    assert codes == [0], job.output
    return job


@pytest.fixture(scope="session")
def account(registry_endpoint):
    """The environment variables of a process that uses a separate account."""
    return {**CREDENTIALS, "AWS_ENDPOINT_URL": registry_endpoint}


@pytest.fixture
def s3(account):
    """An S3 client, with an empty lake."""
    client = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=account["AWS_ENDPOINT_URL"],
        aws_access_key_id="none",
        aws_secret_access_key="none",
    )
    with closing(client):
        client.create_bucket(Bucket=LAKE)
        yield client
        for found in client.list_objects_v2(Bucket=LAKE).get("Contents", []):
            client.delete_object(Bucket=LAKE, Key=found["Key"])


@pytest.fixture
def publish(archive, account, s3, tmp_path_factory):
    """Return a function that runs publish on the reports of a job etl."""

    def run(cleaning, *, execution="e1", date="2000-01-01", most_refused="0.0"):
        variables = {
            "POINTER_URI": f"s3://{LAKE}/{POINTER}",
            "CLEAN_URI": CLEAN.format(execution),
            "DATASET_DATE": date,
            "LABELS": "true",
            "MAX_REFUSED_SHARE": most_refused,
            "EXECUTION_ID": execution,
        }
        folder = tmp_path_factory.mktemp("publish")
        job = Job(archive, folder, "publish", environment={**account, **variables})
        job.configure()
        for part in cleaning.parts("report"):
            shutil.copy(part, job.input("report"))
        return job, job.run()

    return run


@pytest.fixture(scope="session")
def as_codes():
    """Return a function that converts a clean table back to codes, of shape (rows, 86)."""

    def back(table):
        columns = [table[name].combine_chunks() for name in table.column_names]
        return np.column_stack([_codes(column) for column in columns])

    return back


def _codes(column):
    if not pa.types.is_dictionary(column.type):
        return column.to_numpy(zero_copy_only=False).astype(np.int64)
    # Classes of subtypes, ages and main types start at 1, classes of shares at 0.
    first = 0 if len(column.dictionary) == 10 and "0" in column.dictionary[0].as_py() else 1
    return column.indices.to_numpy().astype(np.int64) + first
