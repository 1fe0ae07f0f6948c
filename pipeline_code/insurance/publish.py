"""Updates kept/insurance/latest.json to the clean set of this execution, if the set is valid."""

import json
import os
from pathlib import Path
from typing import Any

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_clients import client
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.s3_pointer import move_pointer

Report = dict[str, Any]


def run(container: Container) -> None:
    """Check the reports of all instances, update the pointer, and write the output `set`."""
    reports = read_reports(container.processing_input("report"))
    check(reports, most_refused=float(os.environ["MAX_REFUSED_SHARE"]))
    clean_set = describe(reports)
    moved = move_pointer(
        os.environ["POINTER_URI"],
        clean_set,
        client=client("s3", container.region),
        # Texts of ISO dates sort by time. Of two sets with the same date, the set that was
        # finished last is published.
        may_replace=lambda current: current["dataset_date"] <= clean_set["dataset_date"],
    )
    text = json.dumps(clean_set | {"is_latest": moved}, indent=2) + "\n"
    (container.processing_output("set") / "set.json").write_text(text, encoding="utf-8")
    print(text)


def read_reports(folder: Path) -> list[Report]:
    """Read the reports of all instances of the step etl, in the order of their hosts."""
    return [json.loads(path.read_text()) for path in sorted(folder.rglob("report-*.json"))]


def check(reports: list[Report], *, most_refused: float) -> None:
    """Raise DataError if no row is valid, or if the rejected share is above `most_refused`."""
    rows, refused = (sum(report[kind] for report in reports) for kind in ("rows", "refused"))
    if rows + refused == 0:
        ignored = sorted({name for report in reports for name in report["ignored_files"]})
        raise DataError(
            f"no rows to publish: no ticdata*.txt with lines in the raw folder, which holds "
            f"{', '.join(ignored) or 'no other file'}"
        )
    share = refused / (rows + refused)
    if share > most_refused or rows == 0:
        shown = [text for report in reports for text in report["first_refusals"]]
        raise DataError(
            f"{refused:,} of {rows + refused:,} rows were rejected, a share of {share:.4f}; "
            f"allowed is {most_refused} (parameter MaxRefusedShare). First: {'; '.join(shown[:3])}"
        )


def describe(reports: list[Report]) -> dict[str, Any]:
    """Return the content of the pointer: location, rows, date, options and execution of the set."""
    return {
        "clean": os.environ["CLEAN_URI"],
        "parts": [f"part-{report['host']}.parquet" for report in reports],
        "rows": sum(report["rows"] for report in reports),
        "refused": sum(report["refused"] for report in reports),
        "dataset_date": os.environ["DATASET_DATE"],
        "labels": os.environ["LABELS"].lower() == "true",
        "execution_id": os.environ["EXECUTION_ID"],
    }
