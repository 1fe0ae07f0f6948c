"""The page: one HTML file without external resources and scripts."""

from __future__ import annotations

import re
from pathlib import Path

from run_report.facts import Facts
from run_report.html import Html, element
from run_report.sections.data import data
from run_report.sections.failure import failure
from run_report.sections.gate import gates
from run_report.sections.lineage import lineage
from run_report.sections.metrics import metrics
from run_report.sections.parameters import parameters
from run_report.sections.plots import inputs, plots
from run_report.sections.steps import steps
from run_report.sections.summary import summary

# What is not what one expects comes first, details come last.
_SECTIONS = (failure, gates, parameters, steps, metrics, plots, inputs, data, lineage)
# Nothing is loaded and no script runs, even if a text were not escaped.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_HEADING = re.compile(r'<h2 id="([a-z]+)">(.*?)</h2>')


def page(facts: Facts) -> str:
    """Return the HTML document."""
    title = f"{facts.pipeline} {facts.execution_id}: {facts.status}"
    style = Html(Path(__file__).with_name("style.css").read_text(encoding="utf-8"))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", style),
    )
    sections = [shown for make in _SECTIONS if (shown := make(facts)) is not None]
    body = element("body", summary(facts), _contents(sections), element("main", *sections))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _contents(sections: list[Html]) -> Html | None:
    headings = [match for shown in sections if (match := _HEADING.search(shown))]
    links = [element("li", element("a", Html(match[2]), href=f"#{match[1]}")) for match in headings]
    return element("nav", element("ul", *links), aria_label="Sections") if links else None
