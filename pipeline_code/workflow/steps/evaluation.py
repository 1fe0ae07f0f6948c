"""The evaluation of a trained model: a processing job, and the values for the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import MODEL_PACKAGE_GROUP
from pipeline_code.workflow.inputs import Input
from pipeline_code.workflow.instances import Instances
from pipeline_code.workflow.metric import Comparison, Metric
from pipeline_code.workflow.models import TrainedModel
from pipeline_code.workflow.step_kind import DependsOn, OfStep
from pipeline_code.workflow.steps.processing import Output, processing

OUTPUT = "evaluation"


@dataclass(frozen=True, kw_only=True)
class Evaluation(OfStep):
    """The measured model, for a gate: `p.gate(…, [metric >= limit, evaluation.not_worse], …)`.

    `difference` is the metric of the new model less that of the approved model on the same rows, or
    the reverse for an error; without an approved model it is 0.0. `report` is the output with
    evaluation.json, which `p.register` needs.
    """

    step: Any
    report: Output
    difference: Metric
    not_worse: Comparison

    def metric(self, path: str) -> Metric:
        """Return the value at `path` ("regression_metrics.rmse.value") of evaluation.json."""
        return self.report.metric(path)


def evaluation(
    p: Collector,
    name: str,
    script: str,
    model: TrainedModel,
    instances: Instances,
    *,
    inputs: Mapping[str, Input],
    depends_on: DependsOn = None,
) -> Evaluation:
    """A step that measures `model` with `script`, which calls `evaluate`, on the input `test`.

    The approved model of the environment's model package group is measured on the same rows. The
    result is never cached, because another model may have been approved in the meantime.
    """
    step = processing(
        p,
        name,
        script,
        instances.one(),  # the metrics need all test rows
        inputs={"model": model, **inputs},
        outputs=[OUTPUT],
        kept=True,  # a registered model refers to the output
        environment={"MODEL_PACKAGE_GROUP": MODEL_PACKAGE_GROUP},
        network=True,  # for the approved model in the registry
        depends_on=depends_on,
    )
    report = step[OUTPUT]
    difference = report.metric("champion_comparison.difference")
    return Evaluation(step=step, report=report, difference=difference, not_worse=difference >= 0.0)
