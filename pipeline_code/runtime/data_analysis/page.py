"""The page of an analysis: one HTML file without external resources and scripts."""

from collections.abc import Mapping
from typing import Any

from html_pages.document import document
from html_pages.formats import number
from html_pages.html import Html, element, facts_list, section, table
from pipeline_code.runtime.data_analysis.page_columns import columns
from pipeline_code.runtime.data_analysis.page_comparison import comparison
from pipeline_code.runtime.data_analysis.page_relations import correlations, scatter
from pipeline_code.runtime.data_analysis.page_target import target

Document = Mapping[str, Any]
_METHOD = (
    "Numbers of rows, missing values, means, deviations and ranges are exact. Quantiles are exact "
    "up to 65,536 different numbers, then each has the relative error that analysis.json states, "
    "usually below 0.1 %. Distinct values are exact up to 16,383, then within 2.5 %. "
    "Correlations, predictive power, the quick model and the "
    "scatter plots use a random sample of at most 10,000 rows with a fixed seed, so the same files "
    "give the same page."
)


def page(found: Document) -> str:
    """Return the HTML document for an analysis.json."""
    sections = [
        shown
        for make in (_findings, target, columns, scatter, correlations, comparison, _method)
        if (shown := make(found)) is not None
    ]
    return document(f"{found['title']}: analysis", _header(found), sections)


def _header(found: Document) -> Html:
    chosen = found["target"]
    return element(
        "header",
        element("p", "Analysis of data", class_="kicker"),
        element("h1", found["title"]),
        facts_list(
            [
                ("Rows", number(found["rows"])),
                ("Columns", number(len(found["columns"]))),
                ("Repeated rows", f"{100 * found['duplicates']['share']:.3g} %"),
                ("Target", chosen["name"] if chosen else None),
                ("Compared with", _compared(found)),
            ]
        ),
    )


def _compared(found: Document) -> str | None:
    compared = found["compared"]
    return f"{found['compared_data']}, {number(compared['rows'])} rows" if compared else None


def _findings(found: Document) -> Html | None:
    rows = [(each["kind"], each["column"] or "–", each["message"]) for each in found["findings"]]
    if not rows:
        return section("findings", "Findings", element("p", "Nothing needs attention."))
    shown = table("What to check before a model is trained", ("Finding", "Column", "Why"), rows)
    return section("findings", "Findings", shown)


def _method(found: Document) -> Html | None:
    used = f"Here the sample has {number(found['sample_rows'])} of {number(found['rows'])} rows."
    return section("method", "How it was measured", element("p", _METHOD, " ", used))
