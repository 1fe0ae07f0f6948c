"""The metrics of the model, next to those of the approved model and of a simple baseline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from html_pages.formats import number, percent
from html_pages.html import Html, breakable, section, table
from run_report.facts import Facts
from run_report.named_values import named_values

# The member of evaluation.json with the metrics of the model ends with this.
_METRICS = "_metrics"
# What the names of the baselines' values end with -> the name of the baseline.
_BASELINES = {
    "_baseline": "Mean of the training rows",
    "_best_constant_classifier": "Best constant prediction",
}
BASELINE_SUFFIXES = tuple(_BASELINES)
# The metrics of each of several targets.
_BY_TARGET = "regression_metrics_by_target"
_CONFUSION = "confusion_matrix"


def metrics(facts: Facts) -> Html | None:
    """Return the section: the evaluation of a model, or the values of other reports."""
    evaluation = facts.document("evaluation", "evaluation.json")
    found = None
    if isinstance(evaluation, Mapping):
        found = next((name for name in evaluation if name.endswith(_METRICS)), None)
    if found:
        parts = [
            _evaluation(evaluation, evaluation[found]),
            _by_target(evaluation.get(_BY_TARGET, {})),
            _tuning(evaluation),
            _confusion(evaluation[found]),
        ]
    else:
        parts = [_other(name, document) for name, document in facts.documents.items()]
    return section("metrics", "Metrics", *parts)


def _evaluation(evaluation: Mapping[str, Any], measured: Mapping[str, Any]) -> Html:
    suffix = next(
        (each for each in _BASELINES if any(name.endswith(each) for name in measured)), ""
    )
    baseline = [_BASELINES[suffix]] if suffix else []
    compared = evaluation.get("champion_comparison", {})
    champion = compared.get("champion_metrics") or {
        compared.get("metric"): compared.get("champion")
    }
    has_champion = compared.get("model_package_arn") is not None
    columns = ["Metric", "This model", "± standard deviation"]
    if has_champion:
        version = str(compared["model_package_arn"]).rpartition("/")[2]
        columns.append(f"Approved model, version {version}")
    columns += baseline
    rows = []
    for name, entry in measured.items():
        if name.endswith(BASELINE_SUFFIXES) or "value" not in entry:
            continue
        cells = [breakable(name), number(entry["value"]), number(entry.get("standard_deviation"))]
        if has_champion:
            cells.append(number(champion.get(name)))
        if baseline:
            cells.append(number(measured.get(f"{name}{suffix}", {}).get("value")))
        rows.append(cells)
    count = evaluation.get("dataset", {}).get("item_count")
    caption = f"Measured on {number(count)} test rows; deviations over 200 bootstrap resamples"
    return table(caption, columns, rows, numbers=len(columns) - 1)


def _by_target(reports: Mapping[str, Any]) -> Html | None:
    """Return the metrics of each target, without those of the baseline."""
    if not reports:
        return None
    names = [name for name in next(iter(reports.values())) if not name.endswith(BASELINE_SUFFIXES)]
    rows = [
        (breakable(target), *(number(measured[name]["value"]) for name in names))
        for target, measured in reports.items()
    ]
    columns = ("Target", *map(breakable, names))
    return table("Metrics of each target", columns, rows, numbers=len(names))


def _tuning(evaluation: Mapping[str, Any]) -> Html | None:
    """Return the comparison of a tuned model with that of the default hyperparameters."""
    compared = evaluation.get("tuning_comparison")
    if not compared:
        return None
    rows = [
        (
            name.removesuffix("_difference_from_default"),
            number(entry["value"]),
            " to ".join(map(number, entry["interval_95"])),
        )
        for name, entry in compared.items()
    ]
    caption = "The tuned model less the model with default hyperparameters, with 95 % intervals"
    return table(caption, ("Metric", "Difference", "Interval"), rows, numbers=2)


def _confusion(measured: Mapping[str, Any]) -> Html | None:
    """Return the confusion matrix of a classifier."""
    matrix = measured.get(_CONFUSION)
    if not matrix:
        return None
    # The class that is predicted is first; several classes have names.
    names = {"1": "positive", "0": "negative"} if set(matrix) == {"0", "1"} else {}
    classes = list(names or matrix)
    rows = []
    for true in classes:
        total = sum(matrix[true].values())
        counts = [matrix[true][given] for given in classes]
        cells = [f"{number(count)} ({percent(count, total)})" for count in counts]
        rows.append((f"Actual {names.get(true, true)}", *cells))
    columns = ("", *(f"Predicted {names.get(given, given)}" for given in classes))
    answer = "at the probability 0.5" if names else "of the most probable class"
    return table(f"Confusion matrix {answer}", columns, rows, numbers=len(classes))


def _other(name: str, document: Any) -> Html | None:
    """Return the entries {"value": …} of a report, such as that of a drift check."""
    rows = [(breakable(entry), number(value)) for entry, value in named_values(document)]
    if not rows:
        return None
    return table(f"Values of {name}", ("Metric", "Value"), rows, numbers=1)
