"""The command `new`: creates a pipeline and prints the next steps."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from local_cloud.command_line import run_command
from pipeline_code.sample_rows import Statistics
from pipeline_code.scaffold.create import (
    CSV,
    LAKE_PLACEHOLDERS,
    TABLE,
    check_name,
    check_schema,
    create,
)
from pipeline_code.scaffold.csv_source import read_csv_source
from pipeline_code.scaffold.detection import detect
from pipeline_code.scaffold.errors import InvalidSource, ScaffoldError
from pipeline_code.scaffold.known_tables import KnownTables
from pipeline_code.scaffold.query_pipeline import QueryPipeline
from pipeline_code.scaffold.query_source import columns_with_values
from pipeline_code.scaffold.table_pipeline import TablePipeline
from pipeline_code.scaffold.target import KINDS, choose_target

ROOT = Path(__file__).resolve().parents[2]
STATISTICS = "sample_data/statistics.json"
NEXT = """\
Created pipeline_code/{name} ({pipeline} files) and tests/pipelines/{name} ({tests} files){more}.

Check that it works:
    make check NAME={name}
To deploy it, add one line to an environment in stacks/environments.py:
    .venv/bin/python -m pipeline_code add {name} local
Accept its template with `make snapshots`, and run it on the laptop cloud:
    .venv/bin/python -m local_cloud up
    .venv/bin/python -m local_cloud deploy local
    .venv/bin/python -m local_cloud load
    .venv/bin/python -m operations start {name}
Then change it, beginning with features.py{changed}. More in docs/new-pipeline.md.
"""


HELP = "create a pipeline that works, to be changed"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("name", metavar="NAME", help="2 to 30 lower-case letters and digits")
    source = command.add_mutually_exclusive_group()
    source.add_argument(
        "--from-csv",
        type=Path,
        metavar="FILE",
        help="a CSV file with a header: the pipeline learns from a table with its columns",
    )
    source.add_argument(
        "--from-query",
        type=Path,
        metavar="FILE",
        help="a file with a query: the pipeline learns from its rows",
    )
    source.add_argument(
        "--from-table", metavar="SCHEMA.TABLE", help="the pipeline learns from rows of the table"
    )
    command.add_argument(
        "--warehouse",
        metavar="FOLDER",
        help="folder of warehouse/existing that describes the tables (default: the migrations)",
    )
    command.add_argument(
        "--target",
        action="append",
        metavar="COLUMN",
        help="the column to predict; several columns (a,b) are predicted by one model",
    )
    command.add_argument("--kind", metavar="KIND", help=", ".join(KINDS))


def run(parsed: argparse.Namespace, *, root: Path = ROOT) -> int:
    """Run the command; return 0, or 2 after printing why the pipeline was not created."""
    return run_command(lambda: _run(parsed, root), ScaffoldError, error_prefix="error: ")


def _run(parsed: argparse.Namespace, root: Path) -> int:
    reads_table = parsed.from_query is not None or parsed.from_table is not None
    if parsed.warehouse and not reads_table:
        raise InvalidSource("--warehouse needs --from-query FILE or --from-table SCHEMA.TABLE")
    if parsed.from_csv is None and not reads_table:
        if parsed.target or parsed.kind:
            raise InvalidSource(
                "--target and --kind need --from-csv FILE, --from-query FILE or --from-table "
                "SCHEMA.TABLE"
            )
        files = create(parsed.name, root, placeholders=LAKE_PLACEHOLDERS)
        _report(parsed.name, root, files, changed=" and sample_data/")
        return 0
    check_name(parsed.name, root)
    made = _of_query(parsed, root) if reads_table else _of_csv(parsed, root)
    files = create(
        parsed.name,
        root,
        template=TABLE if reads_table else CSV,
        placeholders=made.placeholders,
    )
    statistics = root / "pipeline_code" / parsed.name / STATISTICS
    statistics.parent.mkdir(exist_ok=True)
    made.statistics.save(statistics)
    source = parsed.from_csv or parsed.from_query or parsed.from_table
    print("\n".join([f"Read {source}:", *(f"  {each}" for each in made.reasons), ""]))
    _report(parsed.name, root, [*files, statistics], changed=" and query.sql")
    return 0


def _of_csv(parsed: argparse.Namespace, root: Path) -> TablePipeline:
    check_schema(parsed.name, root)
    source = read_csv_source(parsed.from_csv)
    columns = detect(source)
    target = choose_target(columns, parsed.target or [], parsed.kind)
    return TablePipeline.of(parsed.name, columns, target, source.form)


def _of_query(parsed: argparse.Namespace, root: Path) -> QueryPipeline:
    known = KnownTables.read(root, parsed.warehouse)
    given = known.query(parsed.from_query) if parsed.from_query else known.table(parsed.from_table)
    suggested = columns_with_values(given, parsed.target[0] if parsed.target else None)
    chosen = choose_target(suggested, parsed.target or [], parsed.kind)
    # Again with values on which this target depends.
    columns = columns_with_values(given, chosen.column.name)
    target = choose_target(columns, chosen.names, chosen.kind)
    form = Statistics(rows=0, target="", columns=())
    made = QueryPipeline.of(parsed.name, columns, replace(target, reasons=chosen.reasons), form)
    made.check_target()
    return replace(made, given=given)


def _report(name: str, root: Path, files: Sequence[Path], *, changed: str) -> None:
    """Print the number of files, and the next steps."""
    tests = sum(path.is_relative_to(root / "tests") for path in files)
    migrations = [path for path in files if path.is_relative_to(root / "warehouse")]
    more = "".join(f", and {path.relative_to(root)}" for path in migrations)
    pipeline = len(files) - tests - len(migrations)
    text = NEXT.format(name=name, pipeline=pipeline, tests=tests, more=more, changed=changed)
    print(text, end="")
