"""Runs a command so that it ends with an exit code and a sentence, never with a traceback.

Only the standard library is imported, because the commands of the app on AWS use this module too.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import TextIO

FAILED, INTERRUPTED = 2, 130
# As of a program that SIGPIPE ends: the reader of the output needs no more, as in `… | head`.
READER_ENDED = 141


def run_command(
    command: Callable[[], int], *expected: type[Exception], error_prefix: str = ""
) -> int:
    """Return the exit code of the command. For an error, print a sentence and return 2.

    The text of `expected` errors is such a sentence. The traceback of an unexpected error is in a
    temporary file, whose name is printed.
    """
    _prepare_streams()
    try:
        try:
            return command()
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return READER_ENDED
    except SystemExit as end:
        # rich handles the error of a broken pipe, and ends the process with 1.
        if isinstance(end.__context__, BrokenPipeError):
            return READER_ENDED
        raise
    except expected as error:
        return _fail(f"{error_prefix}{error}")
    except OSError as error:
        return _fail(f"{error_prefix}{describe_os_error(error)}")
    except Exception as error:
        return _fail(f"{error_prefix}{describe_unexpected(error)}")


def describe_os_error(error: OSError) -> str:
    """Return the subject of an error of the operating system, such as a file, and the problem."""
    if error.strerror is None:
        return str(error)
    files = " -> ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
    return f"{files}: {error.strerror}" if files else error.strerror


def _fail(sentence: str) -> int:
    # stdout may be full or closed, and stderr too.
    _discard_output_if_broken()
    try:
        print(sentence, file=sys.stderr, flush=True)
    except OSError:
        _redirect(sys.stderr)
    return FAILED


def describe_unexpected(error: Exception) -> str:
    """Return the error, and the temporary file with its traceback."""
    kind = type(error).__name__
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="traceback-", suffix=".txt", encoding="utf-8", delete=False
        ) as file:
            traceback.print_exception(error, file=file)
    except OSError as problem:
        return f"Unexpected {kind}: {error} (no traceback: {describe_os_error(problem)})"
    return f"Unexpected {kind}: {error} (the traceback is in {file.name})"


def _prepare_streams() -> None:
    """Open closed standard streams, and let them escape what the encoding does not contain."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            # The lowest free descriptor is that of the closed stream. Child processes inherit it.
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: PTH123, SIM115
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)
        if isinstance(stream, io.TextIOWrapper) and mode == "w":
            stream.reconfigure(errors="backslashreplace")


def _discard_output_if_broken() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        _discard_output()


def _discard_output() -> None:
    """Let the interpreter flush stdout at its end without an error.

    https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    _redirect(sys.stdout)


def _redirect(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
