"""The facts of an execution that its report, its page and comparisons show."""

from __future__ import annotations

from execution_reader.execution import pipeline_of
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import find_execution
from operations.lake import lake_bucket
from run_report import Source, collect
from run_report.facts import Facts


def facts_of(aws: EnvironmentClients, execution: str) -> Facts:
    """Return the facts of an execution, which is named as for `redline describe`."""
    arn = find_execution(aws, execution)
    return collect(
        Source(
            client=aws.clients,
            environment=aws.name,
            pipeline=aws.short(pipeline_of(arn)),
            bucket=lake_bucket(aws),
        ),
        arn,
    )
