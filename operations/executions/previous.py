"""What differs between an execution and the previous one of its pipeline."""

from __future__ import annotations

from dataclasses import dataclass

from operations.environment_clients import EnvironmentClients
from operations.executions.comparison import Row, compare
from operations.executions.facts import facts_of
from run_report.facts import Facts

# The durations of steps differ in each run.
_ALWAYS = ("steps",)


@dataclass(frozen=True)
class PreviousRun:
    """The previous execution, and what differs; the first value of a row is that of it."""

    execution_id: str
    differences: tuple[Row, ...]


def origin_of(facts: Facts) -> dict[str, str]:
    """Return the digests and keys from which the models of a run come."""
    return {
        name: value
        for name, value in facts.properties.items()
        if name.endswith(("sha256", "_key", "digest"))
    }


def previous_run(aws: EnvironmentClients, facts: Facts) -> PreviousRun | None:
    """Return the comparison with the previous execution; None for the first one."""
    found = aws.pages(
        "sagemaker",
        "list_pipeline_executions",
        "PipelineExecutionSummaries",
        limit=2,
        PipelineName=facts.pipeline,
        CreatedBefore=facts.started,
        SortBy="CreationTime",
        SortOrder="Descending",
    )
    arns = [each["PipelineExecutionArn"] for each in found]
    before = next((arn for arn in arns if arn != facts.execution_arn), None)
    if before is None:
        return None
    earlier = facts_of(aws, before)
    rows = (
        row
        for section in compare((earlier, facts))
        if section.identifier not in _ALWAYS
        for row in section.rows
        if row.differs
    )
    return PreviousRun(earlier.execution_id, tuple(rows))
