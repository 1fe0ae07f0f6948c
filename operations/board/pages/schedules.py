"""The rules and schedules that start pipelines."""

from __future__ import annotations

from html_pages.formats import NOTHING
from html_pages.html import breakable, table
from operations.board.layout import View, link, note, title
from operations.environment_clients import EnvironmentClients
from operations.schedules import as_text, expression_text, start_rules, times_text

_COLUMNS = ("Pipeline", "Schedule", "State", "Next", "Parameters", "Rule")


def schedules(aws: EnvironmentClients) -> View:
    """Return the page."""
    rows = [
        (
            link(aws.short(each.pipeline), "pipelines", aws.short(each.pipeline)),
            expression_text(each),
            "enabled" if each.enabled else "disabled",
            times_text(each) or NOTHING,
            as_text(each.parameters) or NOTHING,
            breakable(each.rule),
        )
        for each in start_rules(aws)
    ]
    shown = (
        table("Rules that start pipelines by a schedule, or because of events", _COLUMNS, rows)
        if rows
        else note(f"No rule of {aws.name} starts a pipeline.")
    )
    return View("Schedules", (title("Environment", "Schedules"), shown))
