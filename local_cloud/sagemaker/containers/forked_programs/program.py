"""A command line `python3 SCRIPT ARGUMENTS...` that is run in this process instead of a new one."""

from __future__ import annotations

import builtins
import multiprocessing
import os
import runpy
import shutil
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType, TracebackType
from zipfile import is_zipfile

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # publishes no types

from .loaded_modules import file_of

_OPT_ML = Path("/opt/ml")
_VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"
# `create_interpreter` writes the folders with the packages of the image to this file.
PACKAGES = Path("lib", _VERSION, "site-packages", "machine.pth")
_BLAS_THREADS = "OPENBLAS_NUM_THREADS"


@dataclass(frozen=True)
class Program:
    """The command, the environment and the working directory of a new process."""

    command: list[str]
    environment: dict[str, str]
    folder: str

    @property
    def script(self) -> Path:
        """The path of a script, or of a folder or ZIP archive with a `__main__.py`."""
        return Path(self.folder, self.command[1])

    @property
    def _has_main_module(self) -> bool:
        return self.script.is_dir() or is_zipfile(self.script)

    def can_run(self, files: Mapping[str, str], distributions: Collection[str]) -> bool:
        """Return whether the program would import all loaded modules from the same `files`.

        `distributions` are the normalized names of the packages. The program might install another
        version of them from a wheel.
        """
        main = self.script / "__main__.py" if self.script.is_dir() else self.script
        prefix = self._prefix()
        return (
            main.is_file()
            and prefix is not None
            and _text(prefix / PACKAGES) == _text(Path(sys.prefix, PACKAGES))
            and all(
                file_of(PathFinder.find_spec(name, self._path(prefix))) == file
                for name, file in files.items()
            )
            and not any(_distribution(wheel) in distributions for wheel in _OPT_ML.rglob("*.whl"))
        )

    def enter(self) -> None:
        """Give this process the directory, the environment and the path of the program."""
        prefix = self._prefix()
        assert prefix is not None
        os.chdir(self.folder)
        os.environ.clear()
        os.environ.update(self.environment)
        sys.path[:] = self._path(prefix)
        sys.executable = str(prefix / "bin" / self.command[0])
        sys.orig_argv[:] = self.command
        sys.argv[:] = self.command[1:]
        sys.prefix = sys.exec_prefix = str(prefix)
        multiprocessing.set_executable(sys.executable)
        if threads := self.environment.get(_BLAS_THREADS):
            threadpool_limits(int(threads), user_api="blas")

    def run(self) -> None:
        """Run the program as `__main__`. Exits with its exit code."""
        try:
            sys.modules["__main__"] = ModuleType("__main__")
            if self._has_main_module:
                # What the interpreter calls for a folder or an archive.
                runpy._run_module_as_main("__main__", alter_argv=False)  # type: ignore[attr-defined]
            else:
                _run_script(self.command[1])
        except Exception as error:
            traceback = _traceback_of_program(error.__traceback__)
            sys.excepthook(type(error), error.with_traceback(traceback), traceback)
            sys.exit(1)

    def _prefix(self) -> Path | None:
        """Return the folder of the interpreter that PATH leads to."""
        found = shutil.which(self.command[0], path=self.environment.get("PATH"))
        return Path(found).parent.parent if found else None

    def _path(self, prefix: Path) -> list[str]:
        """Return `sys.path` of a new process."""
        first = self.script if self._has_main_module else self.script.parent
        added = self.environment.get("PYTHONPATH")
        # The first entry is the folder of the template.
        inherited = [
            str(prefix / Path(entry).relative_to(sys.prefix))
            if Path(entry).is_relative_to(sys.prefix)
            else entry
            for entry in sys.path[1:]
        ]
        return [str(first), *(added.split(os.pathsep) if added else []), *inherited]


def _run_script(file: str) -> None:
    variables = vars(sys.modules["__main__"])
    loader = SourceFileLoader("__main__", file)
    variables |= {"__file__": file, "__builtins__": builtins, "__loader__": loader}
    exec(compile(Path(file).read_bytes(), file, "exec", dont_inherit=True), variables)


def _traceback_of_program(traceback: TracebackType | None) -> TracebackType | None:
    while traceback and traceback.tb_frame.f_code.co_filename == __file__:
        traceback = traceback.tb_next
    return traceback


def _distribution(wheel: Path) -> str:
    return wheel.name.partition("-")[0].lower().replace("_", "-")


def _text(file: Path) -> str | None:
    return file.read_text() if file.is_file() else None
