"""Replaces smspark-submit: runs the application with a local Spark on the first host of the job.

Source: https://github.com/aws/sagemaker-spark-container, src/smspark/cli.py, job.py and errors.py.
The image starts a YARN cluster of all hosts. Here all tasks run as threads and processes of the
first host (local[*]), and the other hosts end at once. There is no connector to S3.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from .configuration import LOCAL_PROPERTIES, properties_of
from .submit_error import SubmitError
from .submit_options import SubmitOptions, parse_options

# Without mount namespaces, this variable names the folder that replaces /opt/ml.
_BASE = "SAGEMAKER_BASE_DIR"
_CONFIGURATION = "processing/input/conf/configuration.json"


def main() -> int:
    """Run the application; return the exit code of the host. A failure is its message."""
    root = Path(os.environ.get(_BASE, "/opt/ml"))
    try:
        options = parse_options(sys.argv[2:])
        hosts = _read(root / "config/resourceconfig.json")
        first = sorted(hosts["hosts"])[0]
        if hosts["current_host"] != first:
            print(f"laptop cloud: Spark runs on {first}; {hosts['current_host']} has no tasks")
            return 0
        return _submit(options, root)
    except SubmitError as error:
        return _failed(root, str(error), error.code)


def _submit(options: SubmitOptions, root: Path) -> int:
    configuration = root / _CONFIGURATION
    properties = LOCAL_PROPERTIES | properties_of(
        _read(configuration) if configuration.is_file() else []
    )
    if options.event_logs:
        Path(options.event_logs).mkdir(parents=True, exist_ok=True)
        properties |= {
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": f"file://{options.event_logs}",
        }
    command = _command(options, _written(properties))
    print(f"running spark submit command: {shlex.join(command)}", flush=True)
    ended = subprocess.run(command, check=False)
    if ended.returncode:
        raise SubmitError(
            "(caused by CalledProcessError): spark failed with a non-zero exit code: Command "
            f"{shlex.join(command)!r} returned non-zero exit status {ended.returncode}.",
            code=ended.returncode,
        )
    return 0


def _command(options: SubmitOptions, properties: Path) -> list[str]:
    spark_submit = Path(os.environ["SPARK_HOME"]) / "bin" / "spark-submit"
    started = [str(spark_submit), "--master", "local[*]", "--properties-file", str(properties)]
    return [*started, *options.passed, *options.application]


def _written(properties: dict[str, str]) -> Path:
    path = Path(tempfile.mkdtemp(prefix="spark-conf-")) / "spark-defaults.conf"
    path.write_text("".join(f"{name} {value}\n" for name, value in properties.items()))
    return path


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _failed(root: Path, message: str, code: int) -> int:
    """Write the message like errors.py of the image, which replaces that of the application."""
    text = f"Algorithm Error: {message}"[:1024]
    (root / "output").mkdir(parents=True, exist_ok=True)
    (root / "output" / "message").write_text(text, encoding="utf-8")
    print(text, flush=True)
    return code
