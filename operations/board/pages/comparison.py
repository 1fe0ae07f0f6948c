"""Two runs side by side."""

from __future__ import annotations

from html_pages.formats import NOTHING
from html_pages.html import Html, breakable, element, section, table
from operations.board.layout import View, link, note, title
from operations.environment_clients import EnvironmentClients
from operations.executions.comparison import Row, compare
from operations.executions.facts import facts_of

_INPUTS = (("a", "First run"), ("b", "Second run"))


def comparison(aws: EnvironmentClients, a: str | None, b: str | None) -> View:
    """Return the page; without two runs it only asks for them."""
    header = title("Environment", "Comparison of two runs", _form(a, b))
    if not a or not b:
        return View("Compare", (header, note("Runs are named by their ID, as on their pages.")))
    both = facts_of(aws, a), facts_of(aws, b)
    ids = tuple(each.execution_id for each in both)
    columns = ("", *(link(each, "runs", each) for each in ids), "Difference")
    sections = [
        section(each.identifier, each.name, table(each.caption, columns, map(_cells, each.rows)))
        for each in compare(both)
    ]
    return View(f"{ids[0]} and {ids[1]}", (header, *sections))


def _form(a: str | None, b: str | None) -> Html:
    fields = [
        element("label", text, element("input", name=name, value=given or "", required=""))
        for (name, text), given in zip(_INPUTS, (a, b), strict=True)
    ]
    return element("form", *fields, element("button", "Compare"), action="/compare", method="get")


def _cells(row: Row) -> tuple[object, ...]:
    """Return a row; where the runs differ, the name is marked."""
    name: Html = breakable(row.name)
    if row.differs:
        name = element("span", name, " ", element("em", "differs", class_="differs"))
    return (name, row.a or NOTHING, row.b or NOTHING, row.difference)
