"""A run: the sections of its report, at the time of the request."""

from __future__ import annotations

from html_pages.document import contents
from html_pages.html import element
from operations.board.layout import View, link
from operations.environment_clients import EnvironmentClients
from operations.executions.facts import facts_of
from run_report.page import sections
from run_report.sections.summary import summary


def run(aws: EnvironmentClients, execution: str) -> View:
    """Return the page of an execution, which is named as for `redline describe`."""
    facts = facts_of(aws, execution)
    name, shown = aws.short(facts.pipeline), sections(facts)
    ways = element(
        "p",
        link(f"All runs of {name}", "pipelines", name),
        link("Compare with another run", "compare", b=facts.execution_id),
        link("Lineage as a graph", "lineage", facts.execution_id),
        class_="paging",
    )
    parts = (summary(facts), ways, contents(shown), *shown)
    return View(f"{name} {facts.execution_id}: {facts.status}", parts)
