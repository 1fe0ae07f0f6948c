"""The section of the page with the differences of two data sets."""

from collections.abc import Mapping
from typing import Any

from html_pages.formats import NOTHING, number
from html_pages.html import Html, element, section, table

Document = Mapping[str, Any]
_COLUMNS = ("Column", "Distance", "Changed share", "Unseen share")
_MEASURES = ("distance", "changed_share", "unseen_share")


def comparison(found: Document) -> Html | None:
    """Return the section; None if one data set was analysed."""
    compared = found["compared"]
    if compared is None:
        return None
    rows = [
        (each["name"], *(_shown(each[measure]) for measure in _MEASURES))
        for each in compared["columns"]
    ]
    note = (
        f"{found['compared_data']} has {number(compared['rows'])} rows. The distance is that of "
        "Model Monitor; the other measures are the largest change of the share of a value or "
        "range, and the share of values that the first data set does not have."
    )
    shown = table("Differences of the two data sets", _COLUMNS, rows, numbers=3)
    return section("comparison", "Comparison", element("p", note), shown)


def _shown(value: float | None) -> str:
    return NOTHING if value is None else number(value)
