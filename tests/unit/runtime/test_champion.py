"""The comparison with the approved model, against a registry and a bucket of moto's."""

import boto3
import pytest
from moto import mock_aws

from pipeline_code.runtime.champion import Champion, comparison, find_champion, group_here
from pipeline_code.runtime.errors import DataError, SettingError

GROUP = "redline-test-census"


@pytest.fixture
def aws(monkeypatch):
    """Clients of a registry with an empty group and of S3 with a bucket."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nobody")
    with mock_aws():
        registry = boto3.client("sagemaker", region_name="us-east-1")
        storage = boto3.client("s3", region_name="us-east-1")
        registry.create_model_package_group(ModelPackageGroupName=GROUP)
        storage.create_bucket(Bucket="lake")
        yield registry, storage


@pytest.fixture
def register(aws):
    """Registers a version whose model.tar.gz holds its name; gives the ARN."""
    registry, storage = aws

    def run(name, status):
        storage.put_object(Bucket="lake", Key=f"runs/{name}/model.tar.gz", Body=name.encode())
        container = {"Image": "image", "ModelDataUrl": f"s3://lake/runs/{name}/model.tar.gz"}
        return registry.create_model_package(
            ModelPackageGroupName=GROUP,
            ModelApprovalStatus=status,
            InferenceSpecification={
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        )["ModelPackageArn"]

    return run


@pytest.fixture
def find(aws, tmp_path):
    return lambda: find_champion(GROUP, registry=aws[0], storage=aws[1], folder=tmp_path)


def test_without_an_approved_version_there_is_no_champion(find, register):
    assert find() is None
    register("pending", "PendingManualApproval")
    register("refused", "Rejected")
    assert find() is None


def test_the_latest_approved_version_is_the_champion(find, register, tmp_path):
    register("first", "Approved")
    second = register("second", "Approved")
    register("third", "PendingManualApproval")
    found = find()
    assert found == Champion(second, tmp_path / "champion.tar.gz")
    assert found.archive.read_bytes() == b"second"


def test_a_rejected_champion_gives_way_to_the_one_before(find, register, aws):
    first = register("first", "Approved")
    second = register("second", "Approved")
    aws[0].update_model_package(ModelPackageArn=second, ModelApprovalStatus="Rejected")
    assert find().arn == first


def test_a_lost_model_is_named(find, register, aws):
    arn = register("lost", "Approved")
    aws[1].delete_object(Bucket="lake", Key="runs/lost/model.tar.gz")
    with pytest.raises(DataError, match=f"{arn} cannot be read from s3://lake/runs/lost") as error:
        find()
    assert "reject that version" in str(error.value)


def test_comparison_holds_both_figures_and_their_difference(tmp_path):
    champion = Champion("arn:package", tmp_path / "champion.tar.gz")
    scored = []
    compared = comparison(
        "auc", candidate=0.75, champion=champion, score=lambda path: scored.append(path) or 0.875
    )
    assert scored == [champion.archive]
    assert compared == {
        "metric": "auc",
        "candidate": 0.75,
        "champion": 0.875,
        "difference": -0.125,
        "model_package_arn": "arn:package",
    }


def test_without_a_champion_the_difference_is_nothing():
    compared = comparison("auc", candidate=0.75, champion=None, score=lambda _: pytest.fail())
    assert compared == {
        "metric": "auc",
        "candidate": 0.75,
        "champion": None,
        "difference": 0.0,
        "model_package_arn": None,
    }


def test_the_group_comes_from_the_job_s_environment(monkeypatch):
    monkeypatch.setenv("MODEL_PACKAGE_GROUP", GROUP)
    assert group_here() == GROUP
    monkeypatch.delenv("MODEL_PACKAGE_GROUP")
    with pytest.raises(SettingError, match="has no MODEL_PACKAGE_GROUP: set it to the name"):
        group_here()
