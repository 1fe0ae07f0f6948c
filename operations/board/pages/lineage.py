"""The lineage of a run as a graph and a table, at the time of the request."""

from __future__ import annotations

from execution_reader.execution import Execution
from html_pages.html import element
from operations.board.layout import View, link, note, title
from operations.environment_clients import EnvironmentClients
from operations.executions.lookup import find_execution
from operations.lineage.page import lineage_sections
from operations.lineage.reader import read_lineage


def lineage(aws: EnvironmentClients, execution: str) -> View:
    """Return the page of an execution, which is named as for `redline describe`."""
    sagemaker = aws.clients("sagemaker")
    found = Execution.read(sagemaker, find_execution(aws, execution))
    recorded = read_lineage(sagemaker, found)
    name = aws.short(found.pipeline)
    ways = element("p", link(f"Run {found.id} of {name}", "runs", found.id), class_="paging")
    shown = (
        lineage_sections(recorded)
        if recorded.entities
        else [note("SageMaker has recorded no lineage, because no job has started.")]
    )
    return View(f"{name} {found.id}: lineage", (title("Lineage", name), ways, *shown))
