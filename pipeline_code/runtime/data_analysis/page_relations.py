"""The sections of the page with relations of columns: scatter plots and correlations."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from html_pages.drawings.matrix import matrix
from html_pages.drawings.points import scatter as scatter_plot
from html_pages.formats import number
from html_pages.html import Html, element, figure, scrollable, section, table
from pipeline_code.runtime.data_analysis.correlations import MOST_COLUMNS
from pipeline_code.runtime.data_analysis.page_columns import value_of

Document = Mapping[str, Any]
_MOST_NAMES, _MOST_PAIRS, _LEAST_SHOWN = 24, 10, 0.1
_NAMES = {"pearson": "Pearson", "spearman": "Spearman", "cramers_v": "Cramér's V"}


def scatter(found: Document) -> Html | None:
    """Return the scatter plots; None without columns of numbers."""
    figures = [_scatter(found, plot) for plot in found["scatter"] if len(plot["points"]) > 1]
    shown = element("div", *figures, class_="plots") if figures else None
    return section("scatter", "Scatter plots", shown)


def _scatter(found: Document, plot: Document) -> Html:
    title = f"{plot['y']} against {plot['x']}"
    kinds = {column["name"]: column for column in found["columns"]}
    is_date = kinds[plot["x"]]["kind"] == "date"
    x_name = plot["x"]
    if is_date:
        ends = (extreme(point[0] for point in plot["points"]) for extreme in (min, max))
        x_name = f"{x_name}: {' to '.join(value_of(kinds[plot['x']], end) for end in ends)}"
    drawn = scatter_plot(
        [(x, y) for x, y in plot["points"]],
        marked=frozenset(plot["marked"]),
        label=title,
        names=(x_name, plot["y"]),
        has_x_values=not is_date,
    )
    return figure(drawn, title, _note(found["target"], plot) if plot["marked"] else "")


def _note(target: Document, plot: Document) -> str:
    return f"Triangles are rows with {target['name']} {plot['marked_class']}."


def correlations(found: Document) -> Html | None:
    """Return a matrix and the strongest pairs of each kind of correlation; None without pairs."""
    parts: list[Html | None] = []
    for kind, pairs in found["correlations"].items():
        if pairs:
            parts += [element("h3", _NAMES[kind]), _matrix(kind, pairs), _strongest(kind, pairs)]
    notes = ["Stronger cells are closer to 1 or −1; red cells are negative.", *_left_out(found)]
    note = element("p", " ".join(notes)) if parts else None
    return section("correlations", "Correlations", note, *parts)


def _left_out(found: Document) -> Iterator[str]:
    """Say which columns of a wide table have no correlations."""
    for kind, count in found["uncorrelated_columns"].items():
        if count:
            yield (
                f"The correlations are those of the first {MOST_COLUMNS} columns of {kind}; "
                f"{count} more columns are left out."
            )


def _matrix(kind: str, pairs: Sequence[Document]) -> Html:
    """Of a wide table, the columns with the strongest correlations."""
    names = list(dict.fromkeys(name for pair in pairs for name in (pair["a"], pair["b"])))
    values = {(pair["a"], pair["b"]): pair["value"] for pair in pairs}
    label = f"Matrix of {_NAMES[kind]}"
    return scrollable(matrix(names[:_MOST_NAMES], values, label=label), label=label)


def _strongest(kind: str, pairs: Sequence[Document]) -> Html | None:
    rows = [
        (f"{pair['a']}, {pair['b']}", number(pair["value"]))
        for pair in pairs[:_MOST_PAIRS]
        if abs(pair["value"]) >= _LEAST_SHOWN
    ]
    caption = f"The strongest pairs of {_NAMES[kind]}, from {_LEAST_SHOWN}"
    return table(caption, ("Columns", "Value"), rows, numbers=1) if rows else None
