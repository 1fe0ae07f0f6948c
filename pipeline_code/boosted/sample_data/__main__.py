"""Command: python -m pipeline_code.boosted.sample_data --output DIR."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from pipeline_code.boosted.features import KINDS
from pipeline_code.sample_files import options, take

FILE = "rows.csv"
# Rows without the target and without a header: a transform job reads each line as a row.
REQUESTS = "requests/requests.csv"
ROWS = 2_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Copy the real files that exist. Generate the others and print this."""
    parser = options(
        "boosted",
        generates="the rows that the pipeline learns from, and rows to score",
        files=[FILE, Path(REQUESTS).name],
    )
    parsed = parser.parse_args(arguments)
    rows = generate(parsed.seed)
    for name, write in {FILE: csv.write_csv, REQUESTS: write_requests}.items():
        path: Path = parsed.output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not (parsed.missing_from and take(parsed.missing_from, path.name, path)):
            write(rows, path)
            print(f"generated {name}")


def write_requests(rows: pa.Table, path: Path) -> None:
    """Write the inputs of the first rows."""
    inputs = rows.drop_columns(["value"]).slice(0, 100)
    csv.write_csv(inputs, path, csv.WriteOptions(include_header=False, quoting_style="none"))


def generate(seed: int) -> pa.Table:
    """Generate rows whose value depends on size and kind; the same seed returns the same rows."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(len(KINDS), size=ROWS, p=(0.6, 0.3, 0.1))
    size = rng.gamma(3.0, 2.0, ROWS)
    value = 10 + size * (1 + kind) + rng.normal(0, 3, ROWS)
    names = [KINDS[index] for index in kind]
    return pa.table({"value": value.round(2), "size": size.round(2), "kind": names})


if __name__ == "__main__":
    main()
