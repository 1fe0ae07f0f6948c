"""Command: python -m pipeline_code.bank.sample_data --output DIR."""

from collections.abc import Sequence
from pathlib import Path

from pipeline_code.bank.sample_data.generate import CALLS, COLUMNS, Columns, generate
from pipeline_code.sample_files import options, take

FILE = "bank-additional-full.csv"
# The folder of the catalog table's location, below incoming/bank/.
FOLDER = "calls"


def main(arguments: Sequence[str] | None = None) -> None:
    """Copy the real file to DIR/calls if it exists. Otherwise generate it and print this."""
    parser = options("bank", generates="the calls of a bank's campaign", files=[FILE])
    parsed = parser.parse_args(arguments)
    target: Path = parsed.output / FOLDER / FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    if parsed.missing_from is None or not take(parsed.missing_from, FILE, target):
        target.write_text(_text(generate(seed=parsed.seed)), encoding="utf-8")
        print(f"generated calls: {CALLS:,} rows in {FILE}")


def _text(calls: Columns) -> str:
    """Format the calls as published: semicolons, texts in quotes, the shortest form of numbers."""
    columns = [
        [f'"{text}"' for text in values] if values.dtype.kind == "U" else [f"{n:g}" for n in values]
        for values in calls.values()
    ]
    header = ";".join(f'"{name}"' for name in COLUMNS)
    return "\n".join([header, *map(";".join, zip(*columns, strict=True)), ""])


if __name__ == "__main__":
    main()
