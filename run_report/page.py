"""The page: one HTML file without external resources and scripts."""

from __future__ import annotations

from html_pages.document import document
from html_pages.html import Html
from run_report.facts import Facts
from run_report.sections.cost import cost
from run_report.sections.data import data
from run_report.sections.failure import failure
from run_report.sections.gate import gates
from run_report.sections.lineage import lineage
from run_report.sections.metrics import metrics
from run_report.sections.model_card import model_card
from run_report.sections.parameters import parameters
from run_report.sections.plots import inputs, plots
from run_report.sections.steps import steps
from run_report.sections.summary import summary

# What is not what one expects comes first, details come last.
_SECTIONS = (
    failure,
    gates,
    parameters,
    steps,
    metrics,
    plots,
    inputs,
    data,
    cost,
    model_card,
    lineage,
)


def page(facts: Facts) -> str:
    """Return the HTML document."""
    title = f"{facts.pipeline} {facts.execution_id}: {facts.status}"
    return document(title, summary(facts), sections(facts))


def sections(facts: Facts) -> list[Html]:
    """Return the sections for which the run has facts."""
    return [shown for make in _SECTIONS if (shown := make(facts)) is not None]
