"""Command: python -m pipeline_code.insurance.sample_data --output DIR."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline_code.insurance.evaluation_set import CUSTOMERS, TARGETS
from pipeline_code.insurance.sample_data.people import Codes, people
from pipeline_code.insurance.sample_data.policies import mobile_homes, policies
from pipeline_code.sample_files import options, take

FILE = "ticdata2000.txt"
FILES = (FILE, CUSTOMERS, TARGETS)
ROWS, BUYERS = 5_822, 348
# The evaluation set of the challenge.
EVALUATION_ROWS, EVALUATION_BUYERS = 4_000, 238
# The date that the pipeline reads by default.
DATE = "2000-01-01"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the files to `<date>/raw/`: copies of the real ones if they exist, or generated.

    An evaluation set is generated only for generated customers.
    """
    parsed = _parser().parse_args(arguments)
    folder: Path = parsed.output / parsed.date / "raw"
    folder.mkdir(parents=True, exist_ok=True)
    real = parsed.missing_from
    if real and [name for name in FILES if take(real, name, folder / name)]:
        return
    write(generate(parsed.seed), folder / FILE)
    evaluation_set = generate_evaluation_set(parsed.seed)
    write(evaluation_set[:, :-1], folder / CUSTOMERS)
    write(evaluation_set[:, -1:], folder / TARGETS)
    shown = folder.relative_to(parsed.output)
    print(f"generated customers: {ROWS:,} rows in {shown / FILE}")
    print(f"generated evaluation set: {EVALUATION_ROWS:,} rows in {shown / CUSTOMERS}")


def generate(seed: int) -> Codes:
    """Generate the codes of all columns, of shape (5822, 86); the same seed, the same codes."""
    return _generate(np.random.default_rng(seed), rows=ROWS, buyers=BUYERS)


def generate_evaluation_set(seed: int) -> Codes:
    """Generate the codes of other customers, of shape (4000, 86)."""
    rng = np.random.default_rng([seed, 1])
    return _generate(rng, rows=EVALUATION_ROWS, buyers=EVALUATION_BUYERS)


def _generate(rng: np.random.Generator, *, rows: int, buyers: int) -> Codes:
    about_people, wealth = people(rng, rows=rows)
    contributions, numbers = policies(rng, wealth)
    homes = mobile_homes(rng, wealth, contributions, buyers=buyers)
    return np.column_stack([about_people, contributions, numbers, homes])


def write(codes: Codes, path: Path) -> None:
    """Write the codes as published: separated by tabs, CRLF after each line, no header."""
    lines = ("\t".join(map(str, row)) + "\r\n" for row in codes.tolist())
    path.write_bytes("".join(lines).encode("ascii"))


def _parser() -> argparse.ArgumentParser:
    parser = options("insurance", generates="the files of the insurance data set", files=FILES)
    parser.add_argument("--date", default=DATE, metavar="YYYY-MM-DD", help=f"default {DATE}")
    return parser


if __name__ == "__main__":
    main()
