"""The document of an analysis: all measures of one table, and its differences from a second one."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline_code.runtime.data_analysis.column_summaries import column_summaries
from pipeline_code.runtime.data_analysis.correlations import correlations, uncorrelated_columns
from pipeline_code.runtime.data_analysis.findings import findings
from pipeline_code.runtime.data_analysis.predictive_power import predictive_power
from pipeline_code.runtime.data_analysis.quick_model import quick_model
from pipeline_code.runtime.data_analysis.scatter import scatter_plots
from pipeline_code.runtime.data_analysis.shift import shift_between
from pipeline_code.runtime.data_analysis.table_files import TableFiles
from pipeline_code.runtime.data_analysis.target import MOST_CLASSES, Target, target_of
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.sketches.table_sketch import TableSketch

VERSION = 1


@dataclass(frozen=True)
class Settings:
    """What is analysed: a title, the column to predict, and the names of the two data sets."""

    title: str
    target: str | None = None
    data: str = "data"
    compared: str = "compared data"


def sketch_of(batches: Iterable[pa.Table], *, what: str) -> TableSketch:
    """The statistics of a table in one pass. Raises DataError without rows, which names `what`."""
    sketch = TableSketch()
    for batch in batches:
        sketch.update(batch)
    if not sketch.rows:
        raise DataError(f"{what} has no rows: check the files and the step that writes them")
    return sketch


def analysis_of_files(settings: Settings, data: Path, compared: Path | None) -> dict[str, Any]:
    """The document for the files of one or two tables: each path is a file or a folder."""
    first = sketch_of(TableFiles(data).batches(), what=settings.data)
    if compared is None:
        return analysis(settings, first)
    second = sketch_of(TableFiles(compared).batches(), what=settings.compared)
    return analysis(settings, first, second)


def analysis(
    settings: Settings, first: TableSketch, second: TableSketch | None = None
) -> dict[str, Any]:
    """The document analysis.json. Raises SettingError and DataError for an unusable target.

    Counts, means, quantiles and comparisons are those of all rows. Correlations, predictive power
    and the quick model are those of a sample of the rows.
    """
    target = target_of(first, settings.target) if settings.target else None
    document = {
        "version": VERSION,
        "title": settings.title,
        "data": settings.data,
        "compared_data": settings.compared if second else None,
        "rows": first.rows,
        "sample_rows": first.sample.rows.num_rows,
        "target": _described(target, first) if target else None,
        "columns": column_summaries(first),
        "duplicates": {
            "share": first.distinct.repeated_share,
            "is_exact": first.distinct.is_exact,
        },
        "predictive_power": predictive_power(target) if target else {},
        "correlations": correlations(first.sample.rows),
        "uncorrelated_columns": uncorrelated_columns(first.sample.rows),
        "quick_model": quick_model(target) if target else None,
        "compared": shift_between(first, second) if second else None,
    }
    document["scatter"] = scatter_plots(first, target, document)
    return {"findings": findings(document), **document}


def _described(target: Target, sketch: TableSketch) -> dict[str, Any]:
    if target.kind == "number":
        return {"name": target.name, "kind": "number", "classes": []}
    column = sketch.columns[target.name]
    classes = [
        {"value": str(value), "share": count / column.count}
        for value, count in column.frequent.most_frequent(MOST_CLASSES).items()
    ]
    return {"name": target.name, "kind": "class", "classes": classes}
