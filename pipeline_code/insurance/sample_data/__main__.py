"""Command: python -m pipeline_code.insurance.sample_data --output DIR."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline_code.insurance.sample_data.people import Codes, people
from pipeline_code.insurance.sample_data.policies import mobile_homes, policies
from pipeline_code.sample_files import options, take

FILE = "ticdata2000.txt"
ROWS = 5822
BUYERS = 348
# The date that the pipeline reads by default.
DATE = "2000-01-01"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write `<date>/raw/ticdata2000.txt`: a copy of the real file if it exists, or generated."""
    parsed = _parser().parse_args(arguments)
    path: Path = parsed.output / parsed.date / "raw" / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    if parsed.missing_from and take(parsed.missing_from, FILE, path):
        return
    write(generate(parsed.seed), path)
    print(f"generated customers: {ROWS:,} rows in {path.relative_to(parsed.output)}")


def generate(seed: int) -> Codes:
    """Generate the codes of all columns, of shape (5822, 86); the same seed, the same codes."""
    rng = np.random.default_rng(seed)
    about_people, wealth = people(rng, rows=ROWS)
    contributions, numbers = policies(rng, wealth)
    homes = mobile_homes(rng, wealth, contributions, buyers=BUYERS)
    return np.column_stack([about_people, contributions, numbers, homes])


def write(codes: Codes, path: Path) -> None:
    """Write the codes as published: separated by tabs, CRLF after each line, no header."""
    lines = ("\t".join(map(str, row)) + "\r\n" for row in codes.tolist())
    path.write_bytes("".join(lines).encode("ascii"))


def _parser() -> argparse.ArgumentParser:
    parser = options("insurance", generates="the file of the insurance data set", files=[FILE])
    parser.add_argument("--date", default=DATE, metavar="YYYY-MM-DD", help=f"default {DATE}")
    return parser


if __name__ == "__main__":
    main()
