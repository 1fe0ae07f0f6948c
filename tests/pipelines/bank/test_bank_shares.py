"""The tasks of Spark prepare the same rows and the same statistics as instances of a job.

The tasks run here without Spark; tests/integration/test_bank.py runs them in Spark.
"""

import json
import re

import numpy as np
import pytest

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_profile import Profile
from pipeline_code.runtime.spark.shares import MOST_SHARES, run_share, shares_of
from tests.pipelines.bank.test_bank_preprocess import CALL, matrix, raw

STEP = "pipeline_code.bank.preprocess"


@pytest.fixture
def in_shares(new_job, lines, monkeypatch):
    """Return a function that runs the preparation once per share; it returns job and failures."""

    def run(rows=None, files=5):
        job = new_job("preprocess")
        for file in range(files):
            text = "".join(f"{row}\n" for row in (lines if rows is None else rows)[file::files])
            (job.input("data") / f"{file:04}_part_00").write_text(text)
        job.input("data")
        container = Container(job.opt_ml())
        config = container.opt_ml / "config" / "processingjobconfig.json"
        given = json.loads(config.read_text())
        config.write_text(json.dumps({**given, "Environment": {"FEATURE_COLUMNS": "campaign"}}))
        monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(container.opt_ml))
        monkeypatch.setenv("FEATURE_COLUMNS", "")
        return job, [run_share(share) for share in shares_of(container, STEP, "data")]

    return run


def merged(job):
    """Return the profile of all parts."""
    found = [Profile.from_json(part.read_text()) for part in job.parts("profile")]
    total = found[0]
    for each in found[1:]:
        total = total.merged(each)
    return total.to_json()


def test_rows_and_statistics_are_those_of_one_instance(in_shares, preprocessed):
    job, failures = in_shares()
    assert failures == [""] * 5
    names = [f"part-share-{number:03}.csv" for number in range(5)]
    for side in ("train", "validation"):
        assert np.array_equal(matrix(job, side), matrix(preprocessed, side))
        assert [path.name for path in job.parts(side)] == names
    assert raw(job) == raw(preprocessed)
    assert merged(job) == merged(preprocessed)
    assert len(job.parts("ranges")) == len(job.parts("report")) == 5


def test_a_repeated_task_replaces_its_outputs(in_shares, preprocessed):
    job, _ = in_shares()
    before = {path: path.read_bytes() for path in job.parts("train")}
    (share, *_) = shares_of(Container(job.opt_ml()), STEP, "data")
    assert run_share(share) == ""
    assert {path: path.read_bytes() for path in job.parts("train")} == before


def test_the_message_of_a_step_is_returned(in_shares):
    _, (failure,) = in_shares(rows=[CALL.replace("cellular", "pigeon")], files=1)
    assert re.search(r"0000_part_00.*pigeon", failure)


def test_an_input_without_files_is_one_share_that_rejects_it(in_shares):
    _, (failure,) = in_shares(rows=[], files=0)
    assert failure.startswith("the query's result has no rows in 0 files")


def test_files_are_distributed_in_the_order_of_their_names(tmp_path):
    container = Container(tmp_path)
    folder = container.processing_input("data")
    (folder / "deep").mkdir(parents=True)
    names = [f"deep/{number:04}" for number in range(MOST_SHARES + 2)]
    for name in names:
        (folder / name).touch()
    shares = shares_of(container, STEP, "data")
    assert len(shares) == MOST_SHARES
    assert shares[0].files == (names[0], names[MOST_SHARES])
    assert sorted(name for share in shares for name in share.files) == names
