"""A command ends with an exit code and a sentence, whatever happens to it and to its output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from local_cloud.command_line import run_command

class Expected(Exception):
    pass

def command():
    {body}
    return 0

sys.exit(run_command(command, Expected, error_prefix="error: "))
"""


def program(body):
    return [sys.executable, "-c", PROGRAM.format(body=body)]


def run(body, *, shell='"$@"', **variables):
    """Run a command in a shell."""
    return subprocess.run(
        ["bash", "-c", shell, "bash", *program(body)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
    )


def test_an_expected_error_is_a_sentence():
    ended = run("raise Expected('the value is x: allowed is y')")
    assert (ended.returncode, ended.stderr) == (2, "error: the value is x: allowed is y\n")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("open('/missing/file')", "error: /missing/file: No such file or directory\n"),
        ("raise OSError('no code')", "error: no code\n"),
        ("raise ConnectionRefusedError(111, 'Connection refused')", "error: Connection refused\n"),
        (
            "__import__('os').rename('/missing/a', '/missing/b')",
            "error: /missing/a -> /missing/b: No such file or directory\n",
        ),
    ],
)
def test_an_error_of_the_system_has_its_subject(body, sentence):
    ended = run(body)
    assert (ended.returncode, ended.stderr) == (2, sentence)


def test_the_traceback_of_an_unexpected_error_is_in_a_file(tmp_path):
    ended = run("{}['key']", TMPDIR=str(tmp_path))
    (file,) = tmp_path.iterdir()
    sentence = f"error: Unexpected KeyError: 'key' (the traceback is in {file})\n"
    assert (ended.returncode, ended.stderr) == (2, sentence)
    assert "line 9, in command" in file.read_text()


@pytest.mark.parametrize(
    "body",
    ["print('line\\n' * 100_000)", "[Console().out('line\\n' * 10) for _ in range(5_000)]"],
)
def test_the_reader_of_the_output_may_end_first(body):
    body = f"from rich.console import Console; {body}"
    ended = run(body, shell='"$@" | head -1; exit ${PIPESTATUS[0]}')
    assert (ended.returncode, ended.stdout, ended.stderr) == (141, "line\n", "")


def test_a_full_disk_under_the_output_is_an_error():
    ended = run("print('short')", shell='"$@" > /dev/full')
    assert (ended.returncode, ended.stderr) == (2, "error: No space left on device\n")
    ended = run("print('short')", shell='"$@" > /dev/full 2>&1')
    assert (ended.returncode, ended.stderr) == (2, "")


@pytest.mark.parametrize("shell", ['"$@" <&-', '"$@" >&-', '"$@" 2>&-', '"$@" <&- >&- 2>&-'])
def test_closed_streams_are_empty_also_for_child_processes(shell):
    body = (
        "import os, subprocess; print('out'); print('error', file=sys.stderr); sys.stdin.read();"
        "subprocess.run(['sh', '-c', 'echo out; echo error >&2; cat'], check=True)"
    )
    assert run(body, shell=f"{shell} < /dev/null" if "<" not in shell else shell).returncode == 0


def test_the_output_may_not_contain_every_character():
    ended = run(
        "print('\\u2192 \\xe9'); raise Expected('\\u2265')",
        **{"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"},
    )
    assert ended.stdout == "\\u2192 \\xe9\n"
    assert ended.stderr == "error: \\u2265\n"


def test_ctrl_c_ends_it_without_a_word():
    process = subprocess.Popen(
        # A shell may have started the tests with ignored interrupts.
        program(
            "import signal, time; signal.signal(signal.SIGINT, signal.default_int_handler); "
            "print('started', flush=True); time.sleep(60)"
        ),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "started\n"
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (130, "")
