"""Command: python -m pipeline_code.census.sample_data --output DIR."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from pyarrow import csv

from pipeline_code.census.sample_data.people import people
from pipeline_code.sample_files import take

FILE = "adult.csv"
# Of the published file.
ROWS = 32_561


def main(arguments: Sequence[str] | None = None) -> None:
    """Write adult.csv, the real one where there is one, and print when it was generated."""
    parsed = _parser().parse_args(arguments)
    parsed.output.mkdir(parents=True, exist_ok=True)
    if parsed.missing_from and take(parsed.missing_from, FILE, parsed.output / FILE):
        return
    # Quotes around names and texts and none around numbers, as published.
    csv.write_csv(people(ROWS, seed=parsed.seed), parsed.output / FILE)
    print(f"generated {FILE}: {ROWS:,} rows")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline_code.census.sample_data",
        description="Generates a file like the Adult Census Income data set, adult.csv.",
    )
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument(
        "--missing-from",
        type=Path,
        metavar="DIR",
        help="folder that may hold the real adult.csv, gzipped or not: take it if so",
    )
    return parser


if __name__ == "__main__":
    main()
