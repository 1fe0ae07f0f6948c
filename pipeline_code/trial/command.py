"""The command `try`: runs the scripts of a pipeline on its sample data, without a cloud."""

import argparse
import pdb
import traceback
from pathlib import Path

from local_cloud.command_line import run_command
from pipeline_code.compiler import DefinitionError, compiled
from pipeline_code.compiler.options import parse_options
from pipeline_code.pipelines import FOLDER
from pipeline_code.trial import TrialError
from warehouse import LoadError
from warehouse.schema import MigrationError

HELP = "run the scripts of a pipeline on sample data in this process, without a cloud"
FOLDER_OF_TRIALS = FOLDER.parent / ".build" / "trials"


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("name", metavar="NAME", help="the pipeline")
    command.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder that may hold DIR/NAME with real files: they are used, missing ones generated",
    )
    command.add_argument(
        "--warehouse",
        metavar="NAME",
        help="an existing warehouse whose tables the queries read, described in warehouse/existing",
    )
    command.add_argument(
        *("--option", "-o"),
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of the pipeline, as in stacks/environments.py",
    )
    command.add_argument(
        *("--parameter", "-p"),
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the pipeline",
    )
    command.add_argument(
        "--pdb", action="store_true", help="start the debugger where a script fails"
    )


def run(parsed: argparse.Namespace) -> int:
    """Run the command; return 0, 1 if a script failed, or 2 after printing what was refused."""
    expected = (TrialError, DefinitionError, LoadError, MigrationError)
    return run_command(lambda: _run(parsed), *expected, error_prefix="error: ")


def _run(parsed: argparse.Namespace) -> int:
    # Imports moto and the database, which takes seconds.
    from pipeline_code.trial.assembly import open_trial
    from pipeline_code.trial.trial import ScriptFailed

    definition = compiled(parsed.name, options=parse_options(parsed.option))
    folder = FOLDER_OF_TRIALS / parsed.name
    parameters = parse_options(parsed.parameter)
    given = {"data": parsed.data, "existing": parsed.warehouse, "parameters": parameters}
    with open_trial(definition, folder, **given) as trial:
        try:
            trial.run()
        except ScriptFailed as failure:
            traceback.print_exception(failure.__cause__)
            print(failure)
            if parsed.pdb and failure.__cause__ is not None:
                pdb.post_mortem(failure.__cause__.__traceback__)
            return 1
        for step, reason in trial.not_run.items():
            print(f"{step} was not run: {reason}")
    print(f"The files of the jobs are in {folder}.")
    return 0
