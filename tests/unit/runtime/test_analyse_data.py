"""The job that analyses data runs from the archive of a pipeline, as in its container."""

from __future__ import annotations

import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.archive import build_archive
from pipeline_code.runtime import analyse_data
from pipeline_code.runtime.analyse_data import OUTPUT
from tests.application.environments import ROOT
from tests.unit.job import Job

ROWS = pa.table({"a": list(range(60)), "y": [0.5, 1.5, 2.0] * 20})


@pytest.fixture
def job(tmp_path):
    """A job of a pipeline without an analysis module of its own."""
    variables = {"ANALYSIS_TITLE": "demand: AnalyseData", "ANALYSIS_TARGET": "y"}
    archive = build_archive("demand", tmp_path / "code", ROOT)
    made = Job(archive, tmp_path / "job", analyse_data.__name__, environment=variables)
    made.configure()
    pq.write_table(ROWS, made.input("data") / "0000_part_00")
    return made


def test_the_job_writes_a_document_and_a_page(job):
    pq.write_table(ROWS.slice(0, 30), job.input("compared") / "part.parquet")
    assert job.run() == [0], job.output
    page, document = job.parts(OUTPUT)
    found = json.loads(document.read_text())
    assert (found["title"], found["rows"], found["compared"]["rows"]) == (
        "demand: AnalyseData", 60, 30,
    )  # fmt: skip
    assert page.read_text().startswith("<!doctype html>")
    assert "--accent:" in page.read_text()


def test_findings_are_in_the_log(job):
    assert job.run() == [0], job.output
    assert "imbalance" not in job.output["algo-1"]
    assert "pipeline_code.runtime.analyse_data done in" in job.output["algo-1"]


def test_the_reason_of_a_failure_says_what_to_do(job):
    (job.input("data") / "0000_part_00").unlink()
    assert job.run() == [1]
    assert "no file with rows: allowed are CSV and Parquet files" in job.message()


def test_the_archive_holds_the_style_sheet(job):
    assert "html_pages/style.css" in zipfile.ZipFile(job.archive).namelist()
