"""The rows of the query, with the columns `size` and `sold`."""

import csv
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq

SIZE, SOLD = "size", "sold"


def read_unloaded(folder: Path) -> list[dict[str, float]]:
    """Read the rows of the Parquet files that the warehouse unloaded."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [row for path in files for row in pq.read_table(path).to_pylist()]


def write_rows(rows: Iterable[dict[str, float]], path: Path, columns: tuple[str, ...]) -> None:
    """Write a CSV file with a header."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_rows(folder: Path) -> list[dict[str, float]]:
    """Read the rows of the CSV files in a folder."""
    return [
        {name: float(text) for name, text in row.items()}
        for path in sorted(folder.glob("*.csv"))
        for row in csv.DictReader(path.read_text().splitlines())
    ]
