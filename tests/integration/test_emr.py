"""Jobs of EMR on the laptop: on a running and on a new cluster, and on EMR Serverless.

Each role has the permissions of the templates only: the execution role, that of the instances of a
new cluster, and that of serverless jobs. The first job installs PySpark (0.4 GB).
"""

from __future__ import annotations

import pytest

from tests.application.laptop import APP_OF_EMR
from tests.integration.laptop import IMPORTS, REPOSITORY, Laptop, started, statuses, write_app

pytestmark = pytest.mark.laptop

STEPS = ("Running", "New", "Serverless", "NewServerless")
COUNT = """
import argparse
from pyspark.sql import SparkSession
parser = argparse.ArgumentParser()
parser.add_argument("--rows")
parser.add_argument("--counts")
given = parser.parse_args()
spark = SparkSession.builder.getOrCreate()
rows = spark.read.option("header", True).csv(given.rows)
rows.groupBy("kind").count().coalesce(1).write.option("header", True).csv(given.counts)
"""


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("emr")
    settings = (REPOSITORY / "pyproject.toml").read_text()
    write_app(folder / "app", APP_OF_EMR, settings=settings)
    laptop = Laptop(folder / "state", folder=folder / "app", environment=IMPORTS)
    with started(laptop):
        laptop.run("deploy", "local")
        yield laptop


def test_all_jobs_read_and_write_the_lake_with_their_roles(laptop):
    lake = laptop.output("redline-local-data", "LakeBucketName")
    s3 = laptop.client("s3")
    files = {"count.py": COUNT, "rows/a.csv": "kind\nx\ny\n", "rows/b.csv": "kind\nx\n"}
    for name, text in files.items():
        s3.put_object(Bucket=lake, Key=f"incoming/emr/{name}", Body=text.encode())
    summary = laptop.json("tick", "emr")
    assert statuses(summary, STEPS) == dict.fromkeys(STEPS, "Succeeded")
    for step in STEPS:
        run = f"s3://{lake}/runs/emr/{summary['execution_id']}/{step}"
        (part,) = [each for each in laptop.uris(f"{run}/counts/") if "/part-" in each]
        assert sorted(laptop.read(part).decode().split()) == ["kind,count", "x,2", "y,1"]
        # Clusters of others store no log in the lake.
        assert bool(laptop.uris(f"{run}/logs/")) == (step != "Running")
    clusters = laptop.client("emr").list_clusters()["Clusters"]
    states = {each["Name"].partition("-")[0]: each["Status"]["State"] for each in clusters}
    assert states == {"j": "WAITING", "pipelines": "TERMINATED"}
