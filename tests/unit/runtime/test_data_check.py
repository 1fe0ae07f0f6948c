"""The job that checks data, tested with moto's registry and S3."""

from __future__ import annotations

import json

import pytest

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_check import NO_PROFILE, approved_profile, check_data
from pipeline_code.runtime.data_contract import Contract
from pipeline_code.runtime.data_profile import ColumnProfile, Profile
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.schema import FLOAT, Column, Schema
from tests.registry import BUCKET, GROUP
from tests.unit.job import Job

CONTRACT = Contract(dataset=Dataset(Schema((Column("sold", FLOAT),)), "sold"), least_rows=100)


def profile(rows, mean=2.0):
    buckets = {"1": [rows // 2, rows * mean / 2], "3": [rows - rows // 2, rows * mean / 2]}
    return Profile(rows, {"00": 1}, {"sold": ColumnProfile("number", 0, 1, 3, buckets)})


@pytest.fixture
def check(registry, tmp_path, monkeypatch, use_variables):
    """Return a function that runs the job over a profile and returns contract.json."""
    use_variables(registry.environment)
    monkeypatch.setenv("ACCEPTED_DATA_URI", f"s3://{BUCKET}/accepted-data/demand")

    def run(current):
        job = Job(tmp_path, tmp_path / "job", "contract")
        job.configure()
        (job.input("profile") / "profile-algo-1.json").write_text(current.to_json())
        check_data(Container(job.opt_ml()), CONTRACT)
        (path,) = (path for path in job.parts("contract") if path.name == "contract.json")
        return json.loads(path.read_text())

    return run


@pytest.fixture
def approve(registry, tmp_path):
    """Return a function that registers an approved version with the profile of its data."""

    def run(known):
        archive = tmp_path / "model.tar.gz"
        archive.write_text("model")
        if known is not None:
            registry.s3.put_object(Bucket=BUCKET, Key="profile.json", Body=known)
        return registry.register(archive, data_profile=f"s3://{BUCKET}/profile.json")

    return run


def test_without_an_approved_version_only_absolute_rules_apply(check):
    report = check(profile(1_000))
    assert (report["verdict"], report["rejected_rules"]) == ("passed", 0)
    assert report["compared_with"] == NO_PROFILE
    assert {each["rule"] for each in report["rules"]}.isdisjoint({"rows_ratio", "target_shift"})


def test_a_version_of_an_earlier_release_has_no_profile(check, registry, tmp_path):
    archive = tmp_path / "model.tar.gz"
    archive.write_text("model")
    registry.register(archive)
    assert check(profile(1_000))["compared_with"] == NO_PROFILE


def test_data_are_compared_with_those_of_the_approved_version(check, approve):
    arn = approve(profile(1_000).to_json())
    assert check(profile(1_000))["compared_with"] == arn
    report = check(profile(700))
    assert (report["verdict"], report["rejected_rules"]) == ("rejected", 1)
    assert report["message"] == "rows_ratio: 0.7, allowed is at least 0.8 and at most 1.5"
    assert report["failed"][0]["rule"] == "rows_ratio"


def test_a_record_accepts_the_data_of_its_digest_only(check, registry):
    rejected = check(profile(10))
    assert rejected["verdict"] == "rejected"
    registry.s3.put_object(
        Bucket=BUCKET,
        Key=f"accepted-data/demand/{rejected['digest']}.json",
        Body=json.dumps({"accepted_by": "arn"}),
    )
    accepted = check(profile(10))
    assert (accepted["verdict"], accepted["rejected_rules"]) == ("accepted", 0)
    assert accepted["accepted"] == {"accepted_by": "arn"}
    assert accepted["failed"] == rejected["failed"]
    assert check(profile(11))["verdict"] == "rejected"


@pytest.mark.parametrize("content", [None, "no profile", "{}"])
def test_a_lost_or_broken_profile_of_the_approved_version_does_not_switch_rules_off(
    approve, registry, content
):
    arn = approve(content)
    with pytest.raises(DataError, match="restore the object, or reject that version") as caught:
        approved_profile(GROUP, registry=registry.sagemaker, storage=registry.s3)
    assert arn in str(caught.value)
