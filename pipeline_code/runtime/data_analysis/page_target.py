"""The section of the page with the target: what predicts it."""

from collections.abc import Iterator, Mapping
from typing import Any

from html_pages.drawings.bars import histogram, named_bars
from html_pages.formats import number
from html_pages.html import Html, element, figure, section
from pipeline_code.runtime.data_analysis.findings import LEAK

Document = Mapping[str, Any]
_MOST_BARS = 15
_METRICS = {"auc": "AUC", "r2": "R²"}


def target(found: Document) -> Html | None:
    """Return the section; None without a target."""
    chosen = found["target"]
    if chosen is None:
        return None
    figures = element("div", *_figures(found), class_="plots aligned")
    return section("target", f"What predicts {chosen['name']}", figures)


def _figures(found: Document) -> Iterator[Html]:
    chosen, model = found["target"], found["quick_model"]
    yield _distribution(found, chosen)
    powers = _first(found["predictive_power"])
    if powers:
        drawn = named_bars(powers, label="Predictive power of each column")
        yield figure(drawn, "Predictive power", f"Of each column alone; a leak from {LEAK}.")
    if model and model["importance"]:
        metric = _METRICS[model["metric"]]
        drawn = named_bars(_first(model["importance"]), label="Importance of the columns")
        note = (
            f"{metric} {number(model['value'])} on {number(model['test_rows'])} rows; the bars are "
            f"the loss of {metric} if the values of a column are exchanged."
        )
        yield figure(drawn, "Quick model", note)


def _distribution(found: Document, chosen: Document) -> Html:
    if chosen["kind"] == "class":
        shares = {str(each["value"]): each["share"] for each in chosen["classes"][:_MOST_BARS]}
        drawn = named_bars(shares, label=f"Shares of the classes of {chosen['name']}")
        return figure(drawn, chosen["name"], "The share of the rows of each class.")
    column = next(each for each in found["columns"] if each["name"] == chosen["name"])
    drawn = histogram(
        column["histogram"]["edges"],
        column["histogram"]["rows"],
        label=f"Histogram of {chosen['name']}",
        x_name=chosen["name"],
        y_name="rows",
    )
    return figure(drawn, chosen["name"], "The outer bars contain the first and last percent.")


def _first(values: Mapping[str, float]) -> dict[str, float]:
    return dict(list(values.items())[:_MOST_BARS])
