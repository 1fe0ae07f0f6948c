"""The command `analyse`: analyses a file without a cloud, and writes the page."""

import argparse
import json
from pathlib import Path
from typing import Any

from local_cloud.command_line import run_command
from pipeline_code.runtime.data_analysis.analysis import Settings, analysis_of_files
from pipeline_code.runtime.data_analysis.page import page
from pipeline_code.runtime.job_errors import JobError

HELP = "analyse a CSV or Parquet file: columns, leaks, correlations, a quick model, drift"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument(
        "file", type=Path, metavar="FILE", help="a CSV or Parquet file, or a folder with parts"
    )
    command.add_argument("--target", metavar="COLUMN", help="the column to predict")
    command.add_argument(
        "--compare", type=Path, metavar="FILE", help="a second file, such as the test rows"
    )
    command.add_argument(
        "--output",
        "-o",
        type=Path,
        metavar="FILE",
        help="the page (default: analysis-NAME.html in this folder)",
    )
    command.add_argument("--json", action="store_true", help="print the document as JSON")


def run(parsed: argparse.Namespace) -> int:
    """Run the command; return 0, or 2 after printing why the file was not analysed."""
    return run_command(lambda: _run(parsed), JobError, error_prefix="error: ")


def _run(parsed: argparse.Namespace) -> int:
    compared: Path | None = parsed.compare
    settings = Settings(
        parsed.file.name, parsed.target, parsed.file.name, compared.name if compared else ""
    )
    document = analysis_of_files(settings, parsed.file, compared)
    output = parsed.output or Path(f"analysis-{parsed.file.stem}.html")
    output.write_text(page(document), encoding="utf-8")
    print(json.dumps(document, indent=2) if parsed.json else _report(document, output))
    return 0


def _report(document: dict[str, Any], output: Path) -> str:
    lines = [f"{document['title']}: {document['rows']} rows, {len(document['columns'])} columns"]
    lines += [f"  {each['kind']}: {each['message']}" for each in document["findings"]]
    return "\n".join([*lines, f"Open {output}."])
