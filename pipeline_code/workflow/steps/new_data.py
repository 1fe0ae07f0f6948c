"""The step that decides whether a pipeline has new data, before it trains on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagemaker.core.workflow.execution_variables import ExecutionVariables

from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import CODE_KEY, MODEL_PACKAGE_GROUP
from pipeline_code.workflow.incremental import Incremental
from pipeline_code.workflow.step_kind import STATUS, DependsOn, OfStep
from pipeline_code.workflow.steps.lambda_function import InvokeStep, invoke
from pipeline_code.workflow.variables import Environment

FINGERPRINT = "fingerprint"
UNCHANGED = "UnchangedData"
# What a run does without new data: it ends successfully, or runs all steps.
CHOICES = ("skip", "continue")


@dataclass(frozen=True, kw_only=True)
class NewData(OfStep):
    """The result of the comparison, for a gate: `p.gate("HasNewData", new.found, accept=…)`.

    `step` is the step that compares.
    """

    step: InvokeStep

    @property
    def fingerprint(self) -> Any:
        """The text that changes with the rows, the query, its values and the code."""
        return self.step[FINGERPRINT]

    @property
    def properties(self) -> dict[str, Any]:
        """The properties of the model that is registered, so that later runs compare with it."""
        return {"data_fingerprint": self.fingerprint}


def new_data(
    p: Collector,
    name: str,
    query: str,
    *,
    values: Mapping[str, Any] | None = None,
    incremental: Incremental | None = None,
    depends_on: DependsOn = None,
) -> NewData:
    """Add a step that compares the rows of a query with those of the version registered last.

    `query`, `values` and `incremental` are those of the extraction (`extract`). The condition
    `.found` is false if the rows, the query, its values and the code archive are those of the
    version that was registered last in the environment's group. At a start, the parameter
    UnchangedData=continue makes it true. The warehouse reads all rows of the query, in at most nine
    minutes. With `incremental`, it counts the rows of each day, and reads those of the newest day
    and the `late_days` days before it.
    """
    arguments = {
        "query": p.query(query),
        "code_key": CODE_KEY,
        "execution_id": ExecutionVariables.PIPELINE_EXECUTION_ID,
        "model_package_group": MODEL_PACKAGE_GROUP,
        "unchanged": p.parameter(UNCHANGED, CHOICES[0], enum_values=CHOICES),
        **(incremental.arguments(p) if incremental else {}),
        **{f"value_{key}": value for key, value in (values or {}).items()},
    }
    function = Environment("NewDataFunctionArn")
    outputs = [FINGERPRINT, STATUS, "message"]
    return NewData(
        step=invoke(p, name, function, arguments, outputs=outputs, depends_on=depends_on)
    )
