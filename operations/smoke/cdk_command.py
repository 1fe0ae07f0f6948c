"""Runs the command that deploys or destroys an environment, and keeps its output."""

from __future__ import annotations

import shlex
import subprocess

from operations.smoke import SmokeError
from operations.smoke.phase import SmokeRun
from operations.smoke.redaction import redact_text

_LINES_SHOWN = 20


def run_command(run: SmokeRun, command: str, *, log: str) -> None:
    """Run a command and write its output, without secrets, to `log` in the recording's folder.

    Raises `SmokeError` with the end of the output if the command fails.
    """
    path = run.folder / log
    lines: list[str] = []
    with (
        path.open("w", encoding="utf-8") as file,
        subprocess.Popen(
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        for line in process.stdout or ():
            lines.append(redact_text(line.rstrip()))
            file.write(f"{lines[-1]}\n")
            file.flush()
            run.progress(lines[-1])
    if process.returncode:
        end = "\n".join([line for line in lines if line][-_LINES_SHOWN:])
        raise SmokeError(f"`{command}` ended with exit code {process.returncode}:\n{end}")
