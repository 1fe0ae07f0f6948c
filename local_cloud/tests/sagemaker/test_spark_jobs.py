"""Jobs in the Spark image: the options of smspark-submit, and what is rejected before a job runs.

Source: https://github.com/aws/sagemaker-spark-container, src/smspark/cli.py and config.py. The
slow tests run a real Spark, which the first of them installs (0.4 GB).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from local_cloud.sagemaker.containers.spark_processing import submit
from local_cloud.sagemaker.containers.spark_processing.configuration import properties_of
from local_cloud.sagemaker.containers.spark_processing.submit_error import SubmitError
from local_cloud.sagemaker.containers.spark_processing.submit_options import parse_options
from local_cloud.sagemaker.jobs.request_checks import processing_findings
from local_cloud.sagemaker.jobs.spark_image import packages

IMAGE = "173754725891.dkr.ecr.us-east-1.amazonaws.com/sagemaker-spark-processing:3.5-cpu-py312"
APPLICATION = "/opt/ml/processing/input/code/run.py"

# The first job installs PySpark.
INSTALLED = 600


def request(*, count=1, distribution="FullyReplicated", entrypoint=("smspark-submit", APPLICATION)):
    data = {
        "InputName": "data",
        "S3Input": {
            "S3Uri": "s3://lake/data/",
            "LocalPath": "/opt/ml/processing/input/data",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": distribution,
        },
    }
    return {
        "AppSpecification": {"ImageUri": IMAGE, "ContainerEntrypoint": list(entrypoint)},
        "ProcessingInputs": [data],
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": count, "InstanceType": "ml.m5.large"}
        },
    }


def test_options_end_at_the_application(tmp_path):
    (tmp_path / "b.jar").touch()
    (tmp_path / "a.jar").touch()
    found = parse_options(
        ["--class", "org.example.Count", "-v", "--jars", str(tmp_path), "/app.jar", "--class", "x"]
    )
    jars = f"{tmp_path}/a.jar,{tmp_path}/b.jar"
    assert found.passed == ("--class", "org.example.Count", "--verbose", "--jars", jars)
    assert found.application == ("/app.jar", "--class", "x")


def test_the_folder_of_event_logs_is_no_option_of_spark_submit():
    found = parse_options(
        ["--local-spark-event-logs-dir=/opt/ml/processing/spark-events/", "/a.py"]
    )
    assert (found.passed, found.event_logs) == ((), "/opt/ml/processing/spark-events/")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--conf", "spark.x=1", "/a.py"], "No such option: --conf; allowed are --jars"),
        ([], "the path of the application, a .py or .jar file, is missing"),
        (["--class"], "--class has no value"),
        (["--jars", "jars/x.jar", "/a.py"], "file path jars/x.jar does not exist"),
        (["--jars", "s3://lake/x.jar", "/a.jar"], "'s3://lake/x.jar' is not supported"),
        (["/a.py", "s3a://lake/in"], r"'s3a://lake/in' is not supported .*declare an input"),
        (["--spark-event-logs-s3-uri", "s3://l/e", "/a.py"], "use --local-spark-event-logs-dir"),
    ],
)  # fmt: skip
def test_other_options_and_paths_in_s3_are_rejected(arguments, message):
    with pytest.raises(SubmitError, match=message):
        parse_options(arguments)


def test_the_configuration_of_spark_is_read():
    defaults = {
        "Classification": "spark-defaults",
        "Properties": {"spark.sql.shuffle.partitions": 8},
    }
    assert properties_of(defaults) == properties_of([defaults])
    assert properties_of([defaults]) == {"spark.sql.shuffle.partitions": "8"}


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ([{"Classification": "yarn-site", "Properties": {}}], "the classification 'yarn-site'"),
        (["spark-defaults"], "the classification None"),
        (
            {"Classification": "spark-defaults", "Properties": {"spark.master": "local"}},
            "sets spark.master",
        ),
    ],
)
def test_other_classifications_are_rejected(configuration, message):
    with pytest.raises(SubmitError, match=message):
        properties_of(configuration)


def test_only_the_first_host_runs_spark(tmp_path, monkeypatch, capsys):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "resourceconfig.json").write_text(
        '{"current_host": "algo-2", "hosts": ["algo-2", "algo-1"]}'
    )
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["containers", "spark_processing.submit", "/a.py"])
    assert submit.main() == 0
    assert "Spark runs on algo-1; algo-2 has no tasks" in capsys.readouterr().out


def test_a_rejected_option_is_the_message_of_the_job(tmp_path, monkeypatch):
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["containers", "spark_processing.submit", "--conf", "a=b"])
    assert submit.main() == 1
    message = (tmp_path / "output" / "message").read_text()
    assert message.startswith("Algorithm Error: (caused by NoSuchOption): Couldn't parse input.")


def test_a_spark_job_is_accepted_on_several_hosts_with_all_files():
    assert processing_findings(request(count=3)) == []
    assert processing_findings(request(distribution="ShardedByS3Key")) == []


def test_distributed_files_are_rejected_because_one_host_runs_spark():
    (finding,) = processing_findings(request(count=2, distribution="ShardedByS3Key"))
    assert (
        "S3DataDistributionType ShardedByS3Key is not supported here; use FullyReplicated"
        in finding
    )


def test_a_spark_job_is_started_by_smspark_submit():
    (finding,) = processing_findings(request(entrypoint=["bash", "-c", "smspark-submit /a.py"]))
    assert "ContainerEntrypoint 'bash' is not supported here for the Spark image" in finding


SQUARES = """
import json, pathlib, sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
rows = spark.read.option("header", True).csv("file:///opt/ml/processing/input/data")
total = rows.rdd.map(lambda row: int(row["x"]) ** 2).sum()
found = [total, sys.argv[1:], spark.conf.get("spark.sql.shuffle.partitions"), spark.version]
pathlib.Path("/opt/ml/processing/output/out/total.json").write_text(json.dumps(found))
"""


def spark_job(workshop: Any, script: str, entrypoint: Sequence[str], **more: Any) -> Any:
    """Return the request of a job in the Spark image."""
    made = workshop.processing(script, outputs={"out": workshop.uri("out/")}, **more)
    made["AppSpecification"] = {"ImageUri": IMAGE, "ContainerEntrypoint": list(entrypoint)}
    return made


@pytest.mark.slow
def test_a_script_runs_in_spark_with_its_configuration_and_event_logs(workshop):
    workshop.put("in/a.csv", "x\n1\n2\n")
    workshop.put("in/b.csv", "x\n3\n")
    properties = {"spark.sql.shuffle.partitions": "3"}
    settings = [{"Classification": "spark-defaults", "Properties": properties}]
    inputs = [
        workshop.processing_input("data", workshop.uri("in/")),
        workshop.processing_input("conf", workshop.put("configuration.json", json.dumps(settings))),
    ]
    logs = "/opt/ml/processing/output/out/"
    entrypoint = ["smspark-submit", "--local-spark-event-logs-dir", logs, APPLICATION]
    request = spark_job(workshop, SQUARES, entrypoint, inputs=inputs, arguments=["--x"], count=2)
    request["AppSpecification"]["ContainerArguments"] = ["--all"]
    found = workshop.run_processing(request, seconds=INSTALLED)
    assert found["ProcessingJobStatus"] == "Completed", found
    total, *rest = json.loads(workshop.text("out/total.json"))
    assert (total, rest[:2]) == (14, [["--all"], "3"])
    assert rest[2].startswith("3.5.")
    assert any("local-" in key for key in workshop.keys("out/"))


@pytest.mark.slow
def test_the_main_class_of_a_jar_runs(workshop):
    (jar,) = packages().glob("pyspark/jars/parquet-column-*.jar")
    workshop.s3.upload_file(str(jar), workshop.bucket, "jars/app.jar")
    jars = "/opt/ml/processing/input/jars"
    entrypoint = ["smspark-submit", "--class", "org.apache.parquet.Version", f"{jars}/app.jar"]
    data = workshop.processing_input("jars", workshop.uri("jars/"))
    request = spark_job(workshop, "", entrypoint, inputs=[data])
    found = workshop.run_processing(request, seconds=INSTALLED)
    assert found["ProcessingJobStatus"] == "Completed", found


@pytest.mark.slow
def test_a_failed_application_is_a_failed_job(workshop):
    request = spark_job(workshop, "raise SystemExit(3)", ["smspark-submit", APPLICATION])
    found = workshop.run_processing(request, seconds=INSTALLED)
    assert found["ProcessingJobStatus"] == "Failed"
    assert "spark failed with a non-zero exit code" in found["FailureReason"]
