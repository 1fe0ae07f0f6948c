"""Facts of an execution that tests change, and a reader of the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

from execution_reader.execution import ChangedParameter
from execution_reader.gates import Comparison, Gate
from execution_reader.packages import RegisteredPackage
from execution_reader.run_cost import RunCostLine, UsedInstances
from prices import Price
from run_report.facts import Facts, Step

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VOID = {"meta", "wbr"}

EVALUATION = {
    "dataset": {"item_count": 1734},
    "regression_metrics": {
        "rmse": {"value": 10.61, "standard_deviation": 0.3227},
        "rmse_baseline": {"value": 22.92, "standard_deviation": 0.671},
        "rmse_ratio": {"value": 0.463, "standard_deviation": 0.0101},
    },
    "champion_comparison": {
        "metric": "rmse",
        "champion": 11.5,
        "champion_metrics": {"rmse": 11.5},
        "model_package_arn": "arn:aws:sagemaker:us-east-1:1:model-package/demand/7",
    },
    "model": {"sha256": "ab" * 32},
}
CLASSIFIER = {
    "dataset": {"item_count": 100},
    "binary_classification_metrics": {
        "confusion_matrix": {"0": {"0": 50, "1": 10}, "1": {"0": 5, "1": 35}},
        "auc": {"value": 0.9, "standard_deviation": 0.01},
        "auc_best_constant_classifier": {"value": 0.5, "standard_deviation": 0.0},
    },
    "champion_comparison": {"model_package_arn": None, "champion_metrics": None},
}
PROFILE = {
    "rows": 8_587,
    "columns": {
        "price": {"kind": "number", "nulls": 86, "least": -1.5, "most": 9,
                  "buckets": {"-1.5": [1, 0], "9": [8500, 0]}},
        "day": {"kind": "date", "nulls": 0, "least": "2008-01-01", "most": "2008-01-02",
                "buckets": {"2008-01-01": [1, 0], "2008-01-02": [2, 0]}},
        "name": {"kind": "text", "nulls": 0, "least": "a", "most": "z", "buckets": {}},
        "empty": {"kind": "number", "nulls": 8_587, "least": None, "most": None, "buckets": {}},
    },
}  # fmt: skip


def step(name, status="Succeeded", after=(), at=0.0, seconds=2.0, **more) -> Step:
    started = status not in ("Not reached", "Waiting")
    times = {
        "started": START + timedelta(seconds=at),
        "ended": START + timedelta(seconds=at + seconds),
    }
    return Step(**{
        "name": name, "type": "Processing", "after": after, "status": status, "outputs": {},
        **(times if started else {}), **more,
    })  # fmt: skip


def job_cost(step, usd, seconds, **used) -> RunCostLine:
    """The cost of one instance, with a price per hour (None: unknown)."""
    known = {"usage": "training", "type": "ml.m5.large", "count": 1, "seconds": seconds, **used}
    price = usd and Price(usd=usd, unit="hour", read="2026-01-01", source="https://aws.amazon.com")
    return RunCostLine(step, f"pipelines-{step}", UsedInstances(**known), price)


def facts(**changed) -> Facts:
    """A run that has succeeded and registered a model."""
    comparison = Comparison(
        left="regression_metrics.rmse_ratio.value",
        left_value=0.463,
        operator="LessThanOrEqualTo",
        right="MaxErrorRatio",
        right_value=0.9,
        margin=0.437,
    )
    known = {
        "environment": "local",
        "pipeline": "redline-local-demand",
        "execution_id": "abcdefghijkl",
        "execution_arn": "arn:aws:sagemaker:us-east-1:1:pipeline/p/execution/abcdefghijkl",
        "display_name": None,
        "started_by": "ada",
        "status": "Succeeded",
        "failure_reason": None,
        "started": START,
        "ended": START + timedelta(seconds=75),
        "read_at": START + timedelta(seconds=80),
        "parameters": (ChangedParameter("MaxErrorRatio", "0.9", 0.8),),
        "steps": (step("Train"), step("Evaluate", after=("Train",), at=2)),
        "gates": (Gate(step="CheckError", outcome=True, comparisons=(comparison,)),),
        "documents": {
            "Evaluate/evaluation/evaluation.json": EVALUATION,
            "CheckData/contract/profile.json": PROFILE,
            "CheckData/contract/contract.json": {
                "verdict": "passed", "failed": [], "rules": [{}], "profile": "cd" * 32,
            },
            "Preprocess/report/report-algo-1.json": {"rows": {"read": 5, "train": 4}},
            "Preprocess/report/report-algo-2.json": {"rows": {"read": 5, "train": 4}},
        },
        "properties": {"query_sha256": "ef" * 32, "code_key": "demand/code.zip"},
        "package": RegisteredPackage(
            arn="arn:aws:sagemaker:us-east-1:1:model-package/demand/8",
            group="demand", version=8, approval_status="PendingManualApproval",
            model_uri="s3://lake/kept/model.tar.gz",
        ),
        "costs": (job_cost("Train", 0.115, 1800), job_cost("Evaluate", 0.115, 180)),
    }  # fmt: skip
    return Facts(**{**known, **changed})


@dataclass
class Page(HTMLParser):
    """The elements and the text of a page; an element that is not closed is an error."""

    html: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.close()
        assert self.inside == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.inside.append(tag)

    def handle_endtag(self, tag):
        assert self.inside.pop() == tag

    def handle_data(self, data):
        if "style" not in self.inside:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]
