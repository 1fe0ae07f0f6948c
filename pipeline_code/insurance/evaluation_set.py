"""Reads the published evaluation set, whose buyers are in a file of their own."""

from pathlib import Path

import pyarrow as pa

from pipeline_code.insurance.clean import clean_table
from pipeline_code.insurance.raw import read
from pipeline_code.runtime.job_errors import DataError

CUSTOMERS, TARGETS = "ticeval2000.txt", "tictgts2000.txt"


def read_evaluation_set(folder: Path) -> pa.Table | None:
    """Return the codes of the evaluation set below `folder`, or None if it has no such file.

    ticeval2000.txt has the columns of a raw file without the last one. tictgts2000.txt has the last
    one, for the same customers in the same order. Raises DataError if one of the files is missing,
    if they have different numbers of lines, or for a row that is not in the dictionary.
    """
    customers, buyers = (_lines(folder, name) for name in (CUSTOMERS, TARGETS))
    if customers is None and buyers is None:
        return None
    if customers is None or buyers is None or len(customers) != len(buyers):
        found = {CUSTOMERS: customers, TARGETS: buyers}
        counts = (
            f"{name} {'is missing' if lines is None else f'has {len(lines)} lines'}"
            for name, lines in found.items()
        )
        raise DataError(
            f"the evaluation set is incomplete: {', '.join(counts)}; allowed are both files with "
            "one line for each customer, or neither of them"
        )
    joined = "\n".join(map("\t".join, zip(customers, buyers, strict=True)))
    file = read(joined.encode("latin-1"), name=CUSTOMERS)
    if file.refusals:
        raise DataError(
            f"{len(file.refusals)} rows of the evaluation set were rejected: correct the file. "
            f"First: {file.refusals[0]}"
        )
    return clean_table(file.rows, labels=False)


def _lines(folder: Path, name: str) -> list[str] | None:
    paths = sorted(folder.rglob(name))
    if not paths:
        return None
    return [line.strip("\r") for line in paths[0].read_text("latin-1").split("\n") if line.strip()]
