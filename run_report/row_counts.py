"""The rows that a run unloaded, read and wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from run_report.facts import Facts, Step

# The ends of the names of rows that the warehouse unloaded, and of rows that an incremental
# extraction read from the lake.
UNLOADED, FROM_LAKE = " (unloaded)", " (from the lake)"
# The outputs of the steps of extractions; incremental ones have all of them.
_ROWS, _UNLOADED_ROWS, _KEPT_ROWS = "rows", "unloaded_rows", "kept_rows"


def row_counts(facts: Facts) -> dict[str, int]:
    """Return the numbers of rows by their names, of all instances together."""
    counted = dict(pair for step in facts.steps for pair in _extracted(step))
    for report in facts.all_documents("report", "report-"):
        rows = report.get("rows") if isinstance(report, Mapping) else None
        for name, count in rows.items() if isinstance(rows, Mapping) else ():
            if isinstance(count, int):
                counted[name] = counted.get(name, 0) + count
    return counted


def extracted_days(facts: Facts) -> dict[str, str]:
    """Return what the steps of incremental extractions say about their days, by step."""
    return {
        step.name: step.outputs["message"] for step in facts.steps if _UNLOADED_ROWS in step.outputs
    }


def _extracted(step: Step) -> Iterator[tuple[str, int]]:
    unloaded = step.outputs.get(_UNLOADED_ROWS, step.outputs.get(_ROWS, ""))
    for end, rows in ((UNLOADED, unloaded), (FROM_LAKE, step.outputs.get(_KEPT_ROWS, ""))):
        if rows.isdigit():
            yield f"{step.name}{end}", int(rows)
