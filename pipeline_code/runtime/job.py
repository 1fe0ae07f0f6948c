"""Runs one step of a pipeline inside its container and reports a failure.

A step is a module of the pipeline's package, or `pipeline_code.runtime.…` of the runtime. If the
module has a function `run`, it is imported and `run` is called with the container. Otherwise it is
a plain script and is executed as `__main__` (`script_mode`). A module with a block
`if __name__ == "__main__":` is a script, too.
"""

import argparse
import ast
import errno
import importlib
import symtable
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from pipeline_code.runtime.container import Container, current_container
from pipeline_code.runtime.job_errors import JobError
from pipeline_code.runtime.module_source import ModuleSource, find_source
from pipeline_code.runtime.script_mode import execute_script
from pipeline_code.runtime.wheels import install

RUNTIME = __name__.rpartition(".")[0]
_DEFINITIONS = (
    *(ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    *(ast.Assign, ast.AnnAssign),
)


def main(package: str, arguments: Sequence[str] | None = None) -> int:
    """Run the step in `arguments`.

    Returns the exit code of the job: 0, or 1 after a failure. The reason of a failure is written to
    the file that the service reads, and the traceback to standard error.
    """
    parser = argparse.ArgumentParser(description=f"Runs a step of {package}.")
    parser.add_argument(
        "step", help=f"name of the step's module, such as preprocess, or {RUNTIME}.…"
    )
    step = parser.parse_args(arguments).step
    return _run(package, step, current_container())


def _run(package: str, step: str, container: Container) -> int:
    started = time.monotonic()
    try:
        run_step(package, step, container)
    # The outermost level of the job: every error is reported as the reason of the failure.
    except Exception as error:
        traceback.print_exc()
        container.report_failure(failure_reason(error))
        return 1
    print(f"{_module(package, step)} done in {time.monotonic() - started:.2f} s")
    return 0


def run_step(package: str, step: str, container: Container) -> None:
    """Run the step in this process. Its exceptions are not caught."""
    install(package, container)
    source = find_source(_module(package, step))
    tree = source.tree
    if _defines_run(source) and not any(map(_is_main_block, tree.body)):
        importlib.import_module(source.name).run(container)
    elif all(map(_is_definition, tree.body)):
        raise JobError(
            f"{source.name} does nothing: define a function run(container), or call the script's "
            'work under `if __name__ == "__main__":`'
        )
    else:
        execute_script(source, container)


def _module(package: str, step: str) -> str:
    return step if step.startswith(f"{RUNTIME}.") else f"{package}.{step}"


def _defines_run(source: ModuleSource) -> bool:
    """Whether the module defines `run`. It is only parsed, because an import would execute it."""
    names = symtable.symtable(source.text, source.path, "exec")
    return "run" in names.get_identifiers() and names.lookup("run").is_assigned()


def _is_main_block(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and any(
        isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test)
    )


def _is_definition(statement: ast.stmt) -> bool:
    is_docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_docstring or isinstance(statement, _DEFINITIONS)


def failure_reason(error: Exception) -> str:
    """Return why a step failed, with the line of its code unless the error says what to do."""
    if isinstance(error, JobError):
        return str(error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"({Path(frame.filename).name}, line {frame.lineno})"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"the disk is full: give the step's Instances a larger volume_gb: {error} {place}"
    if isinstance(error, MemoryError):
        return f"the memory is full: name a larger instance type: {error} {place}"
    return f"{type(error).__name__}: {error} {place}"
