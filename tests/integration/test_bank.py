"""bank on the laptop with an endpoint: lineage, notebooks, and Redshift ML in the warehouse."""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_cloud.client import inject_fault
from pipeline_code.runtime.data_profile import Profile
from tests.integration.laptop import IMPORTS, REPOSITORY, Laptop, started, write_app

pytestmark = pytest.mark.laptop

APP = REPOSITORY / "tests/application/app_of_bank.py"
# Python with the packages of requirements-notebooks.txt.
PYTHON = REPOSITORY / ".notebooks/bin/python"
COLUMNS = (
    "age, job, marital, education, credit_default, housing, loan, contact, month, day_of_week, "
    "poutcome, campaign, pdays, previous"
)


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """A laptop with Redshift ML, on which the pipeline bank has trained and a version serves."""
    folder = tmp_path_factory.mktemp("laptop")
    app = folder / "app"
    write_app(app, APP, settings=(REPOSITORY / "pyproject.toml").read_text())
    (app / "pipeline_code").symlink_to(REPOSITORY / "pipeline_code")
    with started(Laptop(folder / "state", environment=IMPORTS, folder=app)) as laptop:
        laptop.run("deploy", "local")
        laptop.run("load")
        fault = {"kind": "interrupt", "resource": "*:training-job/*/algo-2", "seconds": 1}
        assert "error" not in inject_fault(laptop.cloud(), fault)
        laptop.run("tick", "bank")
        laptop.run("approve", "bank")
        yield laptop


def test_the_model_was_trained_on_two_spot_instances_that_were_interrupted(bank):
    sagemaker = bank.client("sagemaker")
    (job,) = sagemaker.list_training_jobs(NameContains="Train")["TrainingJobSummaries"]
    found = sagemaker.describe_training_job(TrainingJobName=job["TrainingJobName"])
    assert found["ResourceConfig"]["InstanceCount"] == 2
    phases = [phase["Status"] for phase in found["SecondaryStatusTransitions"]]
    assert phases[2:5] == ["Training", "Interrupted", "Starting"]
    assert phases[-1] == "Completed"


def prepared(bank, execution):
    """Return the rows of each side that a run prepared, sorted, and the profile of all rows."""
    prefix = f"s3://{bank.output('redline-local-data', 'LakeBucketName')}/runs/bank/{execution}"
    found = {
        name: [bank.read(uri) for uri in bank.uris(f"{prefix}/Preprocess/{name}/")]
        for name in ("train", "validation", "test", "profile")
    }
    rows = [sorted(b"".join(found[side]).splitlines()) for side in ("train", "validation")]
    test = pa.concat_tables([pq.read_table(io.BytesIO(part)) for part in found["test"]])
    rows.append(test.sort_by([(name, "ascending") for name in test.column_names]).to_pylist())
    profiles = [Profile.from_json(text.decode()) for text in found["profile"]]
    return rows, functools.reduce(Profile.merged, profiles).to_json()


def test_lineage_leads_from_the_query_to_the_endpoint(bank, tmp_path):
    found = bank.json("lineage", "bank", "--html", tmp_path / "lineage.html")

    names = {each["kind"]: each["name"] for each in found["entities"]}
    assert names["query"] == "Extract"
    assert names["training job"] == "Train"
    assert names["package"] == "redline-local-bank/1"
    assert names["endpoint"] == "redline-local-bank"
    assert {"data", "code", "image", "model", "deployment"} <= names.keys()
    page = (tmp_path / "lineage.html").read_text()
    assert page.count("<g ") == len(found["entities"])
    lines = bank.run("lineage", "bank").stdout.splitlines()
    assert "query Extract (SHA-256 " in lines[1]
    assert any("endpoint redline-local-bank" in line for line in lines)


@pytest.fixture
def venues(bank):
    """The feature group that the notebook expects, which the pipeline bank does not declare."""
    iam, allow = bank.client("iam"), {"Effect": "Allow", "Resource": "*"}
    trust = {"Service": "sagemaker.amazonaws.com"}
    assume = {"Effect": "Allow", "Principal": trust, "Action": "sts:AssumeRole"}
    policy = {"Version": "2012-10-17", "Statement": [assume]}
    role = iam.create_role(RoleName="venues", AssumeRolePolicyDocument=json.dumps(policy))
    policy["Statement"] = [allow | {"Action": ["s3:*", "kms:*"]}]
    iam.put_role_policy(RoleName="venues", PolicyName="p", PolicyDocument=json.dumps(policy))
    types = {"venueid": "Integral", "changed": "String", "city": "String", "seats": "Integral"}
    lake = bank.output("redline-local-data", "LakeBucketName")
    bank.client("sagemaker").create_feature_group(
        FeatureGroupName="redline-local-venues",
        RecordIdentifierFeatureName="venueid",
        EventTimeFeatureName="changed",
        FeatureDefinitions=[
            {"FeatureName": name, "FeatureType": kind} for name, kind in types.items()
        ],
        OnlineStoreConfig={"EnableOnlineStore": True},
        OfflineStoreConfig={"S3StorageConfig": {"S3Uri": f"s3://{lake}/features/venues"}},
        RoleArn=role["Role"]["Arn"],
    )


NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))


@pytest.mark.skipif(not PYTHON.exists(), reason="the environment of notebooks: make test-laptop")
def test_the_notebooks_run(bank, venues, tmp_path):
    """Each cell runs, and its outputs contain what the notebook is about."""
    shown = {path.stem: executed(bank, path, tmp_path) for path in NOTEBOOKS}

    assert "Int16" in shown["1_explore_the_warehouse"]
    assert "no_such_table" in shown["1_explore_the_warehouse"]
    assert "endpoint redline-local-bank" in shown["2_a_pipeline_run"]
    assert "log_loss" in shown["2_a_pipeline_run"]
    assert "redline-local-bank is InService with version 1" in shown["3_predictions"]
    assert "precision" in shown["3_predictions"]
    assert "bank in Redshift ML" in shown["4_redshift_ml"]
    assert "2024-02-15 00:00:00.000" in shown["5_feature_store"]
    assert "1200" in shown["5_feature_store"]
    for name, plots in {
        "1_explore_the_warehouse": 2, "2_a_pipeline_run": 1, "3_predictions": 1, "4_redshift_ml": 2,
        "5_feature_store": 1,
    }.items():  # fmt: skip
        assert shown[name].count("image/png") == plots, name


def executed(bank, notebook, folder):
    """Execute a notebook with the laptop's variables. Return the outputs as text."""
    result = folder / notebook.name
    program = REPOSITORY / "tests/integration/execute_notebook.py"
    variables = {**os.environ, **bank.cloud().environment(), "REDLINE_ENV": "local"}
    ended = subprocess.run(
        [PYTHON, program, notebook, result],
        env={**variables, "MPLBACKEND": "inline"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert ended.returncode == 0, ended.stderr[-5_000:]
    cells = json.loads(result.read_text())["cells"]
    return json.dumps([cell.get("outputs", []) for cell in cells])


def test_both_aucs_are_in_one_table_and_the_models_are_dropped(bank):
    found = bank.json("redshift-ml", "bank")

    own, registered = found["models"]
    assert own["model"] == "bank in Redshift ML"
    assert registered["model"] == "bank, version 1"
    assert 0.7 < own["auc"] < 1
    assert 0.7 < registered["auc"] < 1
    assert sum(row["calls"] for row in found["confusion"]) == own["rows"] > 3_000

    query = f"SELECT {COLUMNS}, bank.predict_subscription_remote({COLUMNS}) AS p"
    sql = f"{query} FROM bank.calls ORDER BY age, duration, euribor3m LIMIT 300"
    header, *rows = csv.reader(io.StringIO(bank.run("query", sql).stdout, newline=""))
    assert header[-1] == "p"
    body = io.StringIO()
    csv.writer(body, lineterminator="\n").writerows(
        [cell.strip() for cell in row[:-1]] for row in rows
    )
    answer = bank.client("sagemaker-runtime").invoke_endpoint(
        EndpointName="redline-local-bank",
        ContentType="text/csv",
        Accept="text/csv",
        Body=body.getvalue(),
    )
    expected = answer["Body"].read().decode().split()
    assert [float(row[-1]) for row in rows] == [float(each.split(",")[0]) for each in expected]

    bank.run("redshift-ml", "bank", "--drop")
    assert bank.json("query", "SHOW MODEL ALL") == []
    bucket = bank.output("redline-local-warehouse", "MachineLearningBucketName")
    assert bank.client("s3").list_objects_v2(Bucket=bucket).get("Contents", []) == []


@pytest.mark.slow
def test_spark_prepares_the_rows_of_the_hosts(bank):
    """The last test of this laptop: it deploys the pipeline with the option engine=spark."""
    before = bank.json("runs", "bank")[-1]["execution_id"]
    write_app(
        bank.folder, APP, settings=(REPOSITORY / "pyproject.toml").read_text(), engine="spark"
    )
    bank.run("deploy", "local")
    run = bank.json("start", "bank", "--parameter", "ProcessingInstanceCount=2")

    assert run["status"] == "Succeeded"
    assert prepared(bank, run["execution_id"]) == prepared(bank, before)
    assert run["metrics"]["EvaluationReport"]["binary_classification_metrics"]["auc"]["value"] > 0.7
    logs = bank.run("logs", run["execution_id"], "Preprocess").stdout
    assert "8 shares on local[*], Spark 3.5." in logs
    assert "laptop cloud: Spark runs on algo-1; algo-2 has no tasks" in logs
