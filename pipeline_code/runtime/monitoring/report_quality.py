"""Measures the model on the requests whose labels have arrived; the format is Model Monitor's.

Sources: "Model quality metrics and Amazon CloudWatch monitoring" and "Interpret results" of
SageMaker Model Monitor,
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-interpreting-results.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_clients import client
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.metric_names import KINDS
from pipeline_code.runtime.monitoring.declaration import monitored_from_environment
from pipeline_code.runtime.monitoring.labelled import LabelledRow, read_labelled
from pipeline_code.runtime.monitoring.labelled_values import predictions, targets
from pipeline_code.runtime.monitoring.metric_data import metric, put_metrics
from pipeline_code.runtime.problems import problem_of

METRICS = {kind.member for kind in KINDS}
# Members of evaluation.json that quality.json has of its own.
COMMON = {"version", "dataset"}


def run(container: Container) -> None:
    """Write quality.json to the output `quality`, and put its metrics."""
    collection = json.loads(
        (container.processing_input("collection") / "collection.json").read_text(encoding="utf-8")
    )
    rows = read_labelled(container.processing_input("labelled"))
    monitored = monitored_from_environment()
    report = quality_report(monitored.dataset, rows, collection)
    text = json.dumps(report, indent=2, allow_nan=False) + "\n"
    (container.processing_output("quality") / "quality.json").write_text(text, encoding="utf-8")
    print(text)
    if metrics := list(metrics_of(report)):
        put_metrics(metrics, client=client("cloudwatch", container.region))


def quality_report(
    dataset: Dataset, rows: Sequence[LabelledRow], collection: Mapping[str, Any]
) -> dict[str, Any]:
    """The document quality.json: statistics in the format of Model Monitor's statistics.json.

    `outcome` is Measured, or NotMeasurable with its `reason`, such as labels of one class only.
    """
    window = collection["quality_window"]
    report = {
        "version": 0.0,
        "dataset": {
            "item_count": len(rows),
            "start_time": window["begin"],
            "end_time": window["end"],
        },
        "model_package_arn": collection["model_package_arn"],
        "labels": collection["labels"],
    }
    try:
        return report | {"outcome": "Measured", **_quality(dataset, rows, collection["facts"])}
    except DataError as error:
        return report | {"outcome": "NotMeasurable", "reason": str(error)}


def metrics_of(report: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the metrics of a report, with Model Monitor's names."""
    for member in METRICS & report.keys():
        for name, entry in report[member].items():
            if "value" in entry:
                yield metric(name, entry["value"])


def _quality(
    dataset: Dataset, rows: Sequence[LabelledRow], facts: Mapping[str, Any]
) -> dict[str, Any]:
    labels = dataset.labels(targets(dataset, rows))
    # A model without this fact is compared with the mean of the labels.
    known = {"target_mean": dataset.target_mean(labels), **facts}
    report = problem_of(dataset).report(dataset, labels, predictions(rows), known)
    return {name: values for name, values in report.items() if name not in COMMON}
