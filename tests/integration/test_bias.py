"""A deployed census with bias=checked and analysis=rows: reports, and rejected models.

Its monitor measures quality and bias where labels arrive."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from pyarrow import csv

from pipeline_code.census.sample_data.people import people
from pipeline_code.census_monitor.monitored import MONITORED
from tests.application.laptop import APP_OF_CHECKED_BIAS, deploy
from tests.faults.watching import alarm, ended, eventually, executions
from tests.integration.laptop import Laptop, started, step
from tests.pipelines.census.unfair import unfair

pytestmark = pytest.mark.laptop

GROUP = "redline-local-census"
ROWS = 16_000
ALARM = "redline-local-census-monitor-accuracy"
BIAS_ALARM = "redline-local-census-monitor-bias-drift"


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    """A laptop cloud with the files `fair.csv` and `unfair.csv` in the lake."""
    folder = tmp_path_factory.mktemp("bias")
    with started(Laptop(folder / "state")) as laptop:
        deploy(laptop, "local", folder / "app", app=APP_OF_CHECKED_BIAS)
        bucket = lake(laptop)
        rows = people(ROWS, seed=0)
        lowered = unfair(rows, column="sex", value="Female")
        files = {"fair": rows, "unfair": lowered, "adult": rows.slice(0, 4_000)}
        for name, table in files.items():
            body = io.BytesIO()
            csv.write_csv(table, body)
            laptop.client("s3").put_object(
                Bucket=bucket, Key=f"incoming/census/{name}.csv", Body=body.getvalue()
            )
        yield laptop


def lake(laptop):
    return laptop.output("redline-local-data", "LakeBucketName")


def start(laptop, name, *more, code=0):
    key = f"InputData=incoming/census/{name}.csv"
    return laptop.json("start", "census", "-p", key, *more, code=code)


def test_a_model_of_unfair_labels_is_not_registered(laptop):
    before = laptop.packages(GROUP)
    summary = start(laptop, "unfair", "-p", "MaxBiasIncrease=1.0", code=1)
    assert "Facet sex=Female: |DPPL| of the model" in step(summary, "adultRejectBias")["reason"]
    assert laptop.packages(GROUP) == before


def test_the_version_has_the_report_of_its_bias_and_importance(laptop):
    (package,) = start(laptop, "fair")["packages"]
    described = laptop.client("sagemaker").describe_model_package(ModelPackageName=package["arn"])
    metrics = described["ModelMetrics"]
    uri = metrics["Explainability"]["Report"]["S3Uri"]
    assert {source["S3Uri"] for source in metrics["Bias"].values()} == {uri}
    report = json.loads(laptop.read(uri))
    assert report["bias_increase"]["value"] <= 0.01
    assert report["explanations"]["kernel_shap"]["label0"]["global_shap_values"]["education"] > 0


def test_the_analysis_of_the_rows_is_printed_and_its_page_is_saved(laptop, tmp_path):
    (found,) = laptop.json("analysis", "census", "--output", str(tmp_path))
    assert (found["step"], found["rows"], found["target"]["name"]) == (
        "adultAnalyseData", ROWS, "income",
    )  # fmt: skip
    assert "leakage" not in {each["kind"] for each in found["findings"]}
    (page,) = tmp_path.iterdir()
    assert page.read_text().startswith("<!doctype html>")


class Requests:
    """Requests of yesterday with predictions, nine tenths of which are right, and their labels."""

    def __init__(self, laptop):
        self._laptop, self._rows = laptop, people(800, seed=1)
        self.truth = MONITORED.dataset.labels(self._rows)

    def capture(self, *, refused=None):
        """Write the captured requests; `refused` is a sex for which no high income is predicted."""
        columns = MONITORED.requests.names
        wrong = np.random.default_rng(0).random(len(self.truth)) < 0.1
        predicted = (self.truth ^ wrong) & (np.asarray(self._rows["sex"]) != refused)
        asked = self._rows.select(columns).to_pylist()
        moment = (datetime.now(UTC) - timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
        records = [
            {
                "captureData": {
                    "endpointInput": _captured("INPUT", ",".join(map(str, row.values()))),
                    "endpointOutput": _captured("OUTPUT", "0.9" if high else "0.1"),
                },
                "eventMetadata": {
                    "eventId": f"e{n}",
                    "inferenceId": str(n),
                    "inferenceTime": moment,
                },
                "eventVersion": "0",
            }
            for n, (row, high) in enumerate(zip(asked, predicted, strict=True))
        ]
        self._put("captured/census/redline-local-census/AllTraffic/1.jsonl", records)

    def label(self, truth):
        """Write the labels as a ground truth file."""
        records = [
            {
                "groundTruthData": {"data": ">50K" if high else "<=50K", "encoding": "CSV"},
                "eventMetadata": {"eventId": str(n)},
                "eventVersion": "0",
            }
            for n, high in enumerate(truth)
        ]
        self._put("incoming/census-monitor/truth.jsonl", records)

    def _put(self, key, records):
        body = "".join(json.dumps(each) + "\n" for each in records).encode()
        self._laptop.client("s3").put_object(Bucket=lake(self._laptop), Key=key, Body=body)


def _captured(mode, data):
    return {"observedContentType": "text/csv", "mode": mode, "data": data, "encoding": "CSV"}


def monitored(laptop):
    """Fire the schedule of the monitor; return its run, with its newest entry of `quality`."""
    run = laptop.json("tick", "census-monitor")
    assert run["status"] == "Succeeded"
    (newest, *_) = laptop.json("quality", "census-monitor")["runs"]
    assert newest["execution_id"] == run["execution_id"]
    return newest


def test_labels_arrive_later_and_a_fall_of_quality_starts_a_training(laptop):
    (package,) = start(laptop, "fair")["packages"]
    laptop.client("sagemaker").update_model_package(
        ModelPackageArn=package["arn"], ModelApprovalStatus="Approved"
    )
    requests = Requests(laptop)
    requests.capture()
    run = monitored(laptop)
    assert (run["outcome"], run["labels"]["missing"], run["labels"]["joined"]) == (
        "TooFewLabels", 800, 0,
    )  # fmt: skip
    assert alarm(laptop, ALARM) == "INSUFFICIENT_DATA"
    # The predictions are compared with the report of the version before labels arrive.
    assert run["metrics"]["drifted_bias_metrics"] == 0
    eventually(lambda: alarm(laptop, BIAS_ALARM) == "OK")

    requests.label(requests.truth)
    before = executions(laptop, "census")
    run = monitored(laptop)
    # The labels arrived more than LabelDelayHours after the requests.
    assert (run["outcome"], run["labels"]["joined"], run["labels"]["late"]) == (
        "Measured", 800, 800,
    )  # fmt: skip
    assert run["metrics"]["accuracy"] > 0.85
    assert run["metrics"]["bias_increase"] <= 0.01
    eventually(lambda: alarm(laptop, ALARM) == "OK")
    assert executions(laptop, "census") == before

    flipped = np.random.default_rng(1).random(len(requests.truth)) < 0.4
    requests.label(requests.truth ^ flipped)
    requests.capture(refused="Female")
    run = monitored(laptop)
    assert run["metrics"]["accuracy"] < 0.7
    assert run["metrics"]["drifted_bias_metrics"] > 0
    eventually(lambda: alarm(laptop, ALARM) == "ALARM")
    eventually(lambda: alarm(laptop, BIAS_ALARM) == "ALARM")
    (training,) = eventually(lambda: executions(laptop, "census") - before)
    ended(laptop, training)
