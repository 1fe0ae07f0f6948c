"""Programs of containers that are forks of a template are like those of a new process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent
from zipfile import ZipFile

import psutil
import pytest

from local_cloud.child_environment import isolated_variables
from local_cloud.isolated_python import create_interpreter
from local_cloud.sagemaker.jobs import process_isolation
from local_cloud.sagemaker.jobs.process_isolation import supervised
from local_cloud.sagemaker.jobs.program_templates import ProgramTemplates

pytestmark = pytest.mark.skipif(
    not process_isolation.has_namespaces(), reason="this machine does not allow mount namespaces"
)

THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
IS_FORK = "print(any(type(each).__name__ == 'LoadedModules' for each in sys.meta_path))"


class Container:
    """A program in the folder of a job, with the process that runs it."""

    def __init__(self, folder: Path, script: str, *arguments: str, **options) -> None:
        network = options.pop("network", True)
        variables = options.pop("variables", {})
        for name in ("ml", "opt", "current", "scratch"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        _write(folder / "ml/job.py", script, archive=options.pop("archive", False))
        prepared = process_isolation.launch(
            command=["python3", "/opt/ml/job.py", *arguments],
            environment={
                **isolated_variables(
                    create_interpreter(folder / "scratch/.python"), folder / "scratch"
                ),
                **THREADS,
                **variables,
            },
            folder=folder / "ml",
            mount_point=folder / "opt",
            network=network,
        )
        self.process = subprocess.Popen(
            prepared.command,
            env=prepared.environment,
            cwd=folder / "current",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def ended(self) -> tuple[int, str]:
        """Return exit code and output."""
        with self.process.stdin, self.process.stdout:
            printed = self.process.stdout.read()
            return self.process.wait(), printed

    def close(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def line(self) -> str:
        return self.process.stdout.readline().strip()

    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def _write(file: Path, script: str, *, archive: bool) -> None:
    if archive:
        with ZipFile(file, "w") as opened:
            opened.writestr("__main__.py", script)
    else:
        file.write_text(script)


def wait_for(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def template():
    """A template that listens; its process and its socket."""
    templates = ProgramTemplates(supervised)
    variables = isolated_variables(Path("bin"), Path("scratch")) | THREADS
    command = ["python3", "job.py"]
    assert templates.command(command, variables) is None
    (socket,) = [
        Path(part) for part in templates.command(command, variables) if part.endswith("/socket")
    ]
    wait_for(socket.exists)
    return templates


@pytest.fixture
def container(monkeypatch, template, tmp_path_factory):
    """A function that starts a program: a fork, or a new process with `new=True`."""

    def start(script: str, *arguments: str, new: bool = False, **options) -> Container:
        templates = ProgramTemplates(supervised) if new else template
        monkeypatch.setattr(process_isolation, "_TEMPLATES", templates)
        return Container(tmp_path_factory.mktemp("job"), script, *arguments, **options)

    return start


def test_a_program_is_a_fork(container):
    script = f"import sys\n{IS_FORK}"
    assert container(script).ended() == (0, "True\n")
    assert container(script, new=True).ended() == (0, "False\n")


PROGRAMS = {
    "process": """
        import os, sys
        scratch = os.environ["TMPDIR"]
        print(sys.argv, os.getcwd() != "/", os.getppid(), sys.stdin.read(), __name__, __file__)
        print([each.replace(scratch, "") for each in (*sys.path, sys.executable, sys.prefix)])
        print(sorted(set(os.environ) - {"PWD", "OLDPWD", "SHLVL", "_"}), os.umask(0))
        print(sorted(os.listdir("/opt/ml")), sorted(os.listdir("/proc/self/fd")))
    """,
    "modules": """
        import sys
        print([name for name in ("numpy", "pandas", "sklearn", "boto3") if name in sys.modules])
        import numpy, pyarrow
        print(sorted(vars(pyarrow)), numpy.__spec__.loader is numpy.__loader__)
        import sklearn.ensemble
        print(sorted(vars(pyarrow)), [name for name in sys.modules if "forked" in name])
        print("numpy" in sys.modules, sklearn.ensemble is sys.modules["sklearn.ensemble"])
    """,
    "exception": """
        def fail():
            raise ValueError("what")
        fail()
    """,
    "cause": """
        try:
            1 / 0
        except ZeroDivisionError as error:
            raise RuntimeError("outer") from error
    """,
    "syntax error": "print('a'",
    "exit": "raise SystemExit('a sentence')",
    "exit code": "raise SystemExit(7)",
    "killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "aborted": "import os; os.abort()",
    "end of the interpreter": """
        import atexit, threading, time, sys
        atexit.register(print, "at exit")
        threading.Thread(target=lambda: (time.sleep(0.1), print("thread"))).start()
        sys.stdout.write("without a line end ")
    """,
    "pool of threads": """
        from concurrent.futures import ThreadPoolExecutor
        pool = ThreadPoolExecutor(2)
        pool.submit(print, "done")
    """,
    "other processes": """
        import multiprocessing, subprocess, sys
        def double(number):
            return 2 * number
        if __name__ == "__main__":
            for method in ("spawn", "fork", "forkserver"):
                with multiprocessing.get_context(method).Pool(1) as pool:
                    print(method, pool.map(double, [21]), flush=True)
            print(subprocess.run([sys.executable, "-c", "import numpy; print('own')"]).returncode)
    """,
    "pickle": """
        import pickle
        class Mine:
            pass
        print(type(pickle.loads(pickle.dumps(Mine()))) is Mine, Mine.__module__)
    """,
    "signals": """
        import signal
        for name in ("SIGTERM", "SIGCHLD", "SIGPIPE", "SIGINT"):
            print(name, signal.getsignal(getattr(signal, name)))
    """,
    "logging": """
        import logging, warnings
        logging.warning("a warning")
        warnings.warn("another", UserWarning)
        warnings.warn("not shown", ImportWarning)
        print(logging.getLogger().handlers != [], len(logging.getLogger().handlers))
    """,
}


# multiprocessing does not find the functions of a main module in an archive.
@pytest.mark.parametrize(
    ("name", "archive"),
    [(name, False) for name in PROGRAMS]
    + [(name, True) for name in PROGRAMS if name != "other processes"],
)
def test_a_fork_prints_and_ends_like_a_new_process(container, name, archive):
    script = dedent(PROGRAMS[name])
    forked = container(script, "a", archive=archive).ended()
    code, printed = container(script, "a", archive=archive, new=True).ended()
    # The shell in the container of the new process prints how a signal ended it.
    assert forked == (code, printed.removesuffix("Killed\n").removesuffix("Aborted\n"))


@pytest.mark.parametrize("network", [True, False])
def test_a_fork_has_the_network_of_its_container(container, network):
    script = "import os; print(os.readlink('/proc/self/ns/net'))"
    _, printed = container(script, network=network).ended()
    assert (printed.strip() == str(Path("/proc/self/ns/net").readlink())) is network


def test_random_numbers_differ(container):
    script = "import numpy, random; print(numpy.random.rand(), random.random())"
    assert len({number for _ in range(3) for number in container(script).ended()[1].split()}) == 6


def test_threads_of_blas_are_those_of_the_variables(container):
    script = """
import numpy, sys, threadpoolctl
pools = threadpoolctl.threadpool_info()
print({pool["num_threads"] for pool in pools if pool["user_api"] == "blas"})
"""
    ended = container(script + IS_FORK, variables={"OPENBLAS_NUM_THREADS": "2"}).ended()
    assert ended == (0, "{2}\nTrue\n")


@pytest.mark.parametrize(
    "variables", [{"OMP_NUM_THREADS": "2"}, {"PYTHONHASHSEED": "0"}, {"LC_ALL": "C"}]
)
def test_a_program_with_other_variables_that_are_read_once_is_new(container, variables):
    script = f"import os, sys\n{IS_FORK}\nprint([os.environ[name] for name in sys.argv[1:]])"
    ended = container(script, *variables, variables=variables).ended()
    assert ended == (0, f"False\n{list(variables.values())}\n")


@pytest.mark.parametrize(
    "file", ["numpy/__init__.py", "json.py", "wheels/scikit_learn-1.2-py3-none-any.whl"]
)
def test_a_program_with_another_version_of_a_module_is_new(container, tmp_path, file):
    script = f"import sys\n{IS_FORK}"
    (tmp_path / "ml" / file).parent.mkdir(parents=True)
    (tmp_path / "ml" / file).touch()
    container(script).ended()
    assert Container(tmp_path, script).ended() == (0, "False\n")


def test_sigterm_reaches_the_program_and_its_processes(container):
    script = """
import signal, subprocess, sys
child = subprocess.Popen(["sleep", "600"])
def end(*_):
    print("child", child.wait(), flush=True)
    sys.exit(3)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
signal.pause()
"""
    program = container(script)
    assert program.line() == "ready"
    program.process.terminate()
    assert program.ended() == (3, "child -15\n")


def test_no_process_outlives_the_input_of_the_supervisor(container):
    script = """
import subprocess, time
subprocess.Popen(["sleep", "600"], start_new_session=True)
print("ready", flush=True)
time.sleep(600)
"""
    program = container(script)
    assert program.line() == "ready"
    found = program.processes()
    program.close()
    wait_for(lambda: not any(process.is_running() for process in found))


def test_the_memory_of_a_fork_is_found_below_its_supervisor(container):
    script = (
        "import time; content = b'x' * 300_000_000; print('ready', flush=True); time.sleep(600)"
    )
    program = container(script)
    assert program.line() == "ready"
    sizes = [process.memory_info().rss for process in program.processes()]
    program.close()
    assert max(sizes) > 300_000_000


def test_programs_survive_the_end_of_their_template(monkeypatch, tmp_path):
    templates = ProgramTemplates(supervised)
    monkeypatch.setattr(process_isolation, "_TEMPLATES", templates)
    script = f"import sys\n{IS_FORK}\nsys.stdout.flush()\nopen('/opt/ml/end').read()"
    Container(tmp_path / "first", script).ended()
    before = set(psutil.Process().children())
    (tmp_path / "second/ml").mkdir(parents=True)
    Container(tmp_path / "second", script).ended()
    (supervisor,) = set(psutil.Process().children()) - before
    wait_for(lambda: Container(tmp_path / "ready", f"import sys\n{IS_FORK}").ended()[1] == "True\n")
    (tmp_path / "third/ml").mkdir(parents=True)
    os.mkfifo(tmp_path / "third/ml/end")
    program = Container(tmp_path / "third", script)
    assert program.line() == "True"
    for process in [*supervisor.children(recursive=True), supervisor]:
        process.kill()
    with (tmp_path / "third/ml/end").open("w"):
        pass
    assert program.ended() == (0, "")
    assert Container(tmp_path / "fourth", "print(1)").ended() == (0, "1\n")


def test_a_command_that_is_no_script_has_no_template():
    templates = ProgramTemplates(supervised)
    for command in (
        ["sh", "-c", "true"],
        ["python3", "-c", "1"],
        ["python3"],
        [sys.executable, "x"],
    ):
        assert [templates.command(command, THREADS) for _ in range(3)] == [None] * 3
