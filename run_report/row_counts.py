"""The rows that a run unloaded, read and wrote."""

from __future__ import annotations

from collections.abc import Mapping

from run_report.facts import Facts

# The end of the names of rows that the warehouse unloaded.
UNLOADED = " (unloaded)"


def row_counts(facts: Facts) -> dict[str, int]:
    """Return the numbers of rows by their names, of all instances together."""
    counted = {
        f"{step.name}{UNLOADED}": int(step.outputs["rows"])
        for step in facts.steps
        if step.outputs.get("rows", "").isdigit()
    }
    for report in facts.all_documents("report", "report-"):
        rows = report.get("rows") if isinstance(report, Mapping) else None
        for name, count in rows.items() if isinstance(rows, Mapping) else ():
            if isinstance(count, int):
                counted[name] = counted.get(name, 0) + count
    return counted
