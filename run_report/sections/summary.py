"""The header of the page: what ran, who started it, and how it ended."""

from __future__ import annotations

from html_pages.formats import duration, moment
from html_pages.html import Html, element, facts_list
from run_report.facts import Facts
from run_report.statuses import shown_status


def summary(facts: Facts) -> Html:
    """Return the header."""
    return element(
        "header",
        element("p", "Run report", class_="kicker"),
        element("h1", facts.display_name or facts.pipeline),
        element("p", shown_status(facts.status), " ", _outcome(facts), class_="outcome"),
        facts_list(
            [
                ("Pipeline", facts.pipeline if facts.display_name else None),
                ("Environment", facts.environment),
                ("Execution", element("code", facts.execution_id)),
                ("Started by", facts.started_by),
                ("Started", moment(facts.started)),
                ("Duration", duration(facts.seconds)),
                ("Read", moment(facts.read_at) if facts.is_running else None),
                ("Model package", _package(facts)),
            ]
        ),
    )


def _package(facts: Facts) -> str | None:
    package = facts.package
    return f"version {package.version}, {package.approval_status}" if package else None


def _outcome(facts: Facts) -> str:
    """Return the result in one sentence."""
    if facts.is_running:
        return "The report shows the steps until now."
    if facts.package:
        return f"Registered version {facts.package.version} of {facts.package.group}."
    rejected = [gate for gate in facts.gates if not gate.outcome]
    if facts.status == "Failed" and rejected:
        return f"The gate {rejected[-1].step} rejected the run."
    failed = [step.name for step in facts.steps if step.status == "Failed"]
    if failed:
        return f"The step {failed[0]} failed."
    messages = (each.message for gate in rejected for each in gate.comparisons)
    return next(filter(None, messages), "")
