"""The templates of this server, and the command lines that ask them for a fork."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from local_cloud.child_environment import isolated_variables
from local_cloud.isolated_python import create_interpreter
from local_cloud.sagemaker.jobs.container_images import CONTAINERS

_INIT = Path(__file__).parent / "container_init.py"
_TEMPLATE = "forked_programs.template"
# Variables that the interpreter or a loaded package reads once.
_READ_ONCE = (
    "ARROW_",
    "GLIBC_",
    "GOMP_",
    "JOBLIB_",
    "KMP_",
    "LANG",
    "LC_",
    "LD_",
    "LOKY_",
    "MALLOC_",
    "NPY_",
    "NUMPY_",
    "OMP_",
    "PYTHON",
    "SCIPY_",
    "SKLEARN_",
    "SSL_",
    "TZ",
)
# The path of modules can be changed in a running process.
_CHANGEABLE = "PYTHONPATH"

_Variables = frozenset[tuple[str, str]]


class ProgramTemplates:
    """One template process for all programs with the same variables that are read once.

    It is started with the second program: one program alone would only wait for it. It ends with
    this process. `supervise` returns the command line of a process that does.
    """

    def __init__(self, supervise: Callable[[list[str]], list[str]]) -> None:
        self._supervise = supervise
        self._lock = threading.Lock()
        self._programs: Counter[_Variables] = Counter()
        self._sockets: dict[_Variables, Path] = {}

    def command(self, command: list[str], environment: Mapping[str, str]) -> list[str] | None:
        """Return the command of the first process of a container; None if the program must be new.

        A program of a template is `python3` with a script, and without options of the interpreter.
        """
        if not _is_script(command):
            return None
        variables = _read_once(environment)
        with self._lock:
            self._programs[variables] += 1
            if self._programs[variables] == 1:
                return None
            if variables not in self._sockets:
                self._sockets[variables] = self._start(variables)
            socket = self._sockets[variables]
        return [sys.executable, "-I", "-S", str(_INIT), str(socket), *command]

    def _start(self, variables: _Variables) -> Path:
        """Start a template. Return its socket, which exists as soon as it listens."""
        # The path of a Unix socket is limited to about 100 characters.
        folder = Path(tempfile.mkdtemp(prefix="laptop-"))
        python = create_interpreter(folder / ".python")
        process = subprocess.Popen(
            self._supervise(["python3", "-u", str(CONTAINERS), _TEMPLATE, str(folder / "socket")]),
            env={**isolated_variables(python, folder), **dict(variables)},
            stdin=subprocess.PIPE,
        )
        atexit.register(_end, process, folder)
        return folder / "socket"


def _end(process: subprocess.Popen[bytes], folder: Path) -> None:
    process.communicate()
    shutil.rmtree(folder, ignore_errors=True)


def _is_script(command: list[str]) -> bool:
    return len(command) > 1 and command[0] in ("python", "python3") and command[1][:1] != "-"


def _read_once(environment: Mapping[str, str]) -> _Variables:
    return frozenset(
        (name, value)
        for name, value in environment.items()
        if name.startswith(_READ_ONCE) and name != _CHANGEABLE
    )
