"""The alarms, those that are on first."""

from __future__ import annotations

from collections.abc import Sequence

from html_pages.html import Html, element, table
from operations.alarm_states import AlarmState, alarm_states
from operations.board.layout import View, note, title
from operations.environment_clients import EnvironmentClients
from operations.output import utc

_COLUMNS = ("Alarm", "State", "Since", "Meaning", "Reason")


def alarms(aws: EnvironmentClients) -> View:
    """Return the page."""
    found = alarm_states(aws)
    shown = alarm_table(found, "All alarms") if found else note(f"{aws.name} has no alarms.")
    return View("Alarms", (title("Environment", "Alarms"), shown))


def alarm_table(found: Sequence[AlarmState], caption: str) -> Html:
    """Return a table of alarms."""
    return table(caption, _COLUMNS, [_cells(each) for each in found])


def _cells(each: AlarmState) -> tuple[Html | str, ...]:
    return (
        each.name,
        element("span", each.state, class_="alert nowrap" if each.is_on else "nowrap"),
        element("span", utc(each.since), class_="nowrap"),
        element("span", each.description, class_="long"),
        element("span", each.reason, class_="long"),
    )
