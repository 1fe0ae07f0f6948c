"""Command: python -m pipeline_code.census.sample_data --output DIR."""

from collections.abc import Sequence

from pyarrow import csv

from pipeline_code.census.sample_data.people import people
from pipeline_code.sample_files import options, take

FILE = "adult.csv"
# The number of rows of the published file.
ROWS = 32_561


def main(arguments: Sequence[str] | None = None) -> None:
    """Copy the real adult.csv if it exists. Otherwise generate it and print this."""
    generates = "a file like adult.csv, the Adult Census Income data set"
    parser = options("census", generates=generates, files=[FILE])
    parsed = parser.parse_args(arguments)
    parsed.output.mkdir(parents=True, exist_ok=True)
    if parsed.missing_from and take(parsed.missing_from, FILE, parsed.output / FILE):
        return
    # Names and texts with quotes, numbers without quotes, as published.
    csv.write_csv(people(ROWS, seed=parsed.seed), parsed.output / FILE)
    print(f"generated {FILE}: {ROWS:,} rows")


if __name__ == "__main__":
    main()
