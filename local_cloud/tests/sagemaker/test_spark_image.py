"""The installation of the packages of the Spark image, when the package index has none."""

import gc
from pathlib import Path

import pytest

from local_cloud.sagemaker.exceptions import JobFailed
from local_cloud.sagemaker.jobs import spark_image


def test_packages_that_cannot_be_installed_fail_the_job_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_file = tmp_path / "requirements-spark.txt"
    lock_file.write_text("pyspark==0.0.0\n")  # without a hash: uv rejects it before a download
    monkeypatch.setattr(spark_image, "_LOCK_FILE", lock_file)
    monkeypatch.setattr(spark_image, "_FOLDER", tmp_path / "spark")
    progress: list[str] = []

    with pytest.raises(JobFailed, match="cannot be installed.*hash"):
        spark_image.install(progress.append)
    gc.collect()  # an output that is not closed is a warning, and a warning is an error

    assert any("hash" in line for line in progress)
    assert [entry.name for entry in (tmp_path / "spark").iterdir()] == [".lock"]
