"""The parameters whose values differ from the defaults of the deployed definition."""

from __future__ import annotations

from html_pages.formats import plain
from html_pages.html import Html, section, table
from run_report.facts import Facts


def parameters(facts: Facts) -> Html | None:
    """Return the section, if a parameter differs."""
    if not facts.parameters:
        return None
    rows = [(each.name, each.value, plain(each.default)) for each in facts.parameters]
    caption = "Parameters that differ from the deployed defaults"
    shown = table(caption, ("Parameter", "This run", "Default"), rows)
    return section("parameters", "Parameters", shown)
