"""The analysis of a trained model: a processing job that writes bias metrics and explanations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.inputs import Input
from pipeline_code.workflow.instances import Instances
from pipeline_code.workflow.metric import Comparison
from pipeline_code.workflow.models import TrainedModel
from pipeline_code.workflow.step_kind import DependsOn, OfStep
from pipeline_code.workflow.steps.data_quality import json_source
from pipeline_code.workflow.steps.fail import fail
from pipeline_code.workflow.steps.processing import ProcessingStep, processing
from pipeline_code.workflow.variables import Environment, Uri

OUTPUT = "analysis"
LIMIT = "MaxBiasIncrease"


@dataclass(frozen=True, kw_only=True)
class AnalysedModel(OfStep):
    """The result of the analysis, for a gate: `p.gate(…, analysis.allowed, …)`.

    `reject` is a step that fails with the facet and its bias. `p.register(…, analysis=…)` adds the
    `report` to the version.
    """

    step: ProcessingStep
    report: Uri
    allowed: list[Comparison]
    reject: Any

    @property
    def model_metrics(self) -> dict[str, Any]:
        """The members Bias and Explainability of the ModelMetrics of a version."""
        source = json_source(self.report)
        sections = ("Report", "PreTrainingReport", "PostTrainingReport")
        return {"Bias": dict.fromkeys(sections, source), "Explainability": {"Report": source}}


def model_analysis(
    p: Collector,
    name: str,
    script: str,
    instances: Instances,
    *,
    model: TrainedModel,
    rows: Uri,
    most_bias_increase: float,
    inputs: Mapping[str, Input] | None = None,
    reject: str = "RejectBias",
    image: str | Environment | None = None,
    depends_on: DependsOn = None,
) -> AnalysedModel:
    """Add a step that analyses `model` on `rows` with `script`, which calls `analyse`.

    The analysis.json that it writes is kept, in the format of SageMaker Clarify. The increase of
    bias from the labels to the model may be `most_bias_increase`. The parameter MaxBiasIncrease of
    an environment or a start can only be stricter. `reject` is the name of the step that fails.
    """
    step = processing(
        p,
        name,
        script,
        instances,
        image=image,
        inputs={"model": model, "rows": rows, **(inputs or {})},
        outputs=[OUTPUT],
        kept=True,  # a registered model refers to the report
        depends_on=depends_on,
    )
    written = step[OUTPUT]
    increase, message = (written.metric(f"bias_increase.{name}") for name in ("value", "message"))
    limit = p.parameter(LIMIT, most_bias_increase)
    reason = (
        "The bias of the model is larger than that of its labels. {} The lower bound of the "
        f"increase is {{}}, allowed is at most {{}} (parameter {LIMIT}), and never more than "
        f"{most_bias_increase}. No model was registered."
    )
    return AnalysedModel(
        step=step,
        report=written / f"{OUTPUT}.json",
        allowed=[increase <= limit, increase <= most_bias_increase],
        reject=fail(p, reject, reason, message, increase, limit),
    )
