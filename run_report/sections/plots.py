"""The plots of a model's quality, by the kind of its prediction, and what its inputs contribute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from html_pages.drawings.bars import histogram, named_bars
from html_pages.drawings.curves import curve, grid
from html_pages.formats import number
from html_pages.html import Html, element, figure, section, table
from run_report.facts import Facts

_MOST_BARS = 15
Document = Mapping[str, Any]


def plots(facts: Facts) -> Html | None:
    """Return the section, as far as plots.json and analysis.json have the data."""
    document = facts.document("evaluation", "plots.json")
    found = document if isinstance(document, Mapping) else {}
    figures = [*_regression(found), *_targets(found), *_classification(found), *_time(found)]
    shown = element("div", *figures, class_="plots") if figures else None
    return section("plots", "Quality of the model", shown, *_groups(found))


def inputs(facts: Facts) -> Html | None:
    """Return the section with the importance of the inputs, and their SHAP values."""
    document = facts.document("evaluation", "plots.json")
    found = document if isinstance(document, Mapping) else {}
    figures = [*_importance(found), *_shap(facts.document("analysis", "analysis.json"))]
    shown = element("div", *figures, class_="plots") if figures else None
    return section("inputs", "What the inputs contribute", shown)


def _targets(found: Document) -> Iterator[Html]:
    """The plots of each of several targets."""
    for target, plots in found.get("by_target", {}).items():
        yield from _regression(plots, f"{target}: ")


def _regression(found: Document, target: str = "") -> Iterator[Html]:
    if cells := found.get("predicted_against_actual"):
        drawn = grid(
            cells["edges"],
            cells["cells"],
            label=f"{target}Counts of rows by actual and predicted value",
            names=("actual", "predicted"),
        )
        yield figure(drawn, f"{target}Predicted against actual", "Stronger cells have more rows.")
    if counts := found.get("residuals"):
        drawn = histogram(
            counts["edges"],
            counts["counts"],
            label=f"{target}Histogram of the residuals",
            x_name="actual − predicted",
            y_name="rows",
        )
        yield figure(drawn, f"{target}Residuals", "The difference of each row.")


def _classification(found: Document) -> Iterator[Html]:
    if roc := found.get("roc"):
        points = list(zip(roc["false_positive_rate"], roc["true_positive_rate"], strict=True))
        names = ("false positive rate", "true positive rate")
        drawn = curve(points, reference=[(0, 0), (1, 1)], label="ROC curve", names=names)
        yield figure(drawn, "ROC", "The dashed line is chance.")
    if pairs := found.get("precision_recall"):
        points = list(zip(pairs["recall"], pairs["precision"], strict=True))
        share = pairs["share"]
        drawn = curve(
            points,
            reference=[(0, share), (1, share)],
            label="Precision-recall curve",
            names=("recall", "precision"),
        )
        yield figure(drawn, "Precision and recall", f"{number(share)} of the rows are positive.")
    if tenths := found.get("calibration"):
        points = [(each["predicted"], each["observed"]) for each in tenths]
        drawn = curve(
            points,
            reference=[(0, 0), (1, 1)],
            label="Observed share by predicted probability",
            names=("predicted probability", "observed share"),
            rows=[each["rows"] for each in tenths],
        )
        note = "The dashed line is perfect calibration; larger marks have more rows."
        yield figure(drawn, "Calibration", note)
    if tenths := found.get("lift"):
        points = [(each["rows"], each["lift"]) for each in tenths]
        top = max(1.0, *(lift for _, lift in points))
        drawn = curve(
            points,
            reference=[(0, 1), (1, 1)],
            label="Lift by share of the rows",
            names=("share of the rows, highest first", "lift"),
            y=(0.0, top),
        )
        yield figure(drawn, "Lift", "How much more often the first rows are positive.")


def _time(found: Document) -> Iterator[Html]:
    over = found.get("errors_over_time")
    if not over or len(over["periods"]) < 2:
        return
    periods = over["periods"]
    points = [(float(place), each["error"]) for place, each in enumerate(periods)]
    mean = sum(each["error"] * each["rows"] for each in periods) / sum(
        each["rows"] for each in periods
    )
    last = float(len(points) - 1)
    drawn = curve(
        points,
        reference=[(0, mean), (last, mean)],
        label=f"{found['error']} by period of {over['column']}",
        names=(f"{over['column']}: {periods[0]['from']} to {periods[-1]['from']}", found["error"]),
        x=(0.0, last),
        y=(0.0, max(error for _, error in points)),
        rows=[each["rows"] for each in periods],
        has_x_values=False,
    )
    yield figure(
        drawn, "Error over time", "The dashed line is the mean; larger marks have more rows."
    )


def _groups(found: Document) -> Iterator[Html]:
    tables = [
        table(
            f"{found['error']} by {column}",
            (column, "Rows", found["error"]),
            [_group(each) for each in groups],
            numbers=2,
        )
        for column, groups in found.get("errors_by_group", {}).items()
    ]
    if tables:
        yield element("h3", "Error by group")
        yield element("p", "The most frequent values of texts and booleans.")
        yield element("div", *tables, class_="groups")


def _group(found: Document) -> tuple[str, str, str]:
    value = "(missing)" if found["value"] is None else found["value"]
    return value, number(found["rows"]), number(found["error"])


def _importance(found: Document) -> Iterator[Html]:
    if columns := found.get("importance"):
        drawn = named_bars(_first(columns), label="Importance of the columns")
        note = f"The increase of {found['error']} if the values of a column are exchanged."
        yield figure(drawn, "Permutation importance", note)


def _shap(analysis: Any) -> Iterator[Html]:
    explained = analysis.get("explanations", {}) if isinstance(analysis, Mapping) else {}
    values = explained.get("kernel_shap", {}).get("label0", {}).get("global_shap_values")
    if values:
        drawn = named_bars(_first(values), label="SHAP values of the columns")
        yield figure(drawn, "SHAP", "The mean absolute value of a column's contribution.")


def _first(values: Mapping[str, float]) -> dict[str, float]:
    return dict(list(values.items())[:_MOST_BARS])
