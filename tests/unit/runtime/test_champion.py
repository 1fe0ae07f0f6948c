"""The comparison with the approved model, tested with moto's registry and S3."""

import pytest

from pipeline_code.runtime.champion import (
    Champion,
    champion_of,
    comparison,
    find_champion,
    model_package_group,
)
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_errors import DataError, SettingError
from tests.registry import BUCKET, GROUP


@pytest.fixture
def register(registry, tmp_path):
    """Return a function that registers a version whose model.tar.gz contains its name."""

    def run(name, status, **properties):
        archive = tmp_path / f"{name}.tar.gz"
        archive.write_text(name)
        return registry.register(archive, status=status, **properties)

    return run


@pytest.fixture
def find(registry, tmp_path):
    return lambda: champion_of(
        GROUP, registry=registry.sagemaker, storage=registry.s3, folder=tmp_path
    )


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


def test_a_rejected_champion_gives_way_to_the_one_before(find, register, registry):
    first = register("first", "Approved")
    second = register("second", "Approved")
    registry.sagemaker.update_model_package(ModelPackageArn=second, ModelApprovalStatus="Rejected")
    assert find().arn == first


def test_a_version_that_the_endpoint_refused_is_not_compared_with(find, register):
    first = register("first", "Approved")
    register("second", "Approved", deployment_refused="its alarm fired")
    assert find().arn == first


def test_a_replaced_champion_is_refused(find, register, registry):
    arn = register("first", "Approved")
    registry.s3.put_object(Bucket=BUCKET, Key="first.tar.gz", Body=b"another model")
    with pytest.raises(DataError, match=f"{arn} was evaluated with") as error:
        find()
    assert "reject that version" in str(error.value)


def test_a_lost_model_is_named(find, register, registry):
    arn = register("lost", "Approved")
    registry.s3.delete_object(Bucket=BUCKET, Key="lost.tar.gz")
    with pytest.raises(DataError, match=f"{arn} cannot be read from s3://lake/lost") as error:
        find()
    assert "reject that version" in str(error.value)


def test_a_job_finds_its_champion_by_its_environment(registry, register, use_variables, tmp_path):
    arn = register("only", "Approved")
    use_variables(registry.environment)
    config = tmp_path / "config/processingjobconfig.json"
    config.parent.mkdir()
    config.write_text('{"ProcessingJobArn": "arn:aws:sagemaker:us-east-1:1:processing-job/a"}')
    assert find_champion(Container(opt_ml=tmp_path), tmp_path).arn == arn


def test_comparison_holds_both_figures_and_their_difference(tmp_path):
    champion = Champion("arn:package", tmp_path / "champion.tar.gz")
    scored = []
    metrics = {"auc": 0.875, "f1": 0.5}
    compared = comparison(
        "auc",
        candidate=0.75,
        champion=champion,
        measure=lambda path: scored.append(path) or metrics,
    )
    assert scored == [champion.archive]
    assert compared == {
        "metric": "auc",
        "candidate": 0.75,
        "champion": 0.875,
        "champion_metrics": metrics,
        "difference": -0.125,
        "model_package_arn": "arn:package",
    }


def test_without_a_champion_the_difference_is_nothing():
    compared = comparison("auc", candidate=0.75, champion=None, measure=lambda _: pytest.fail())
    assert compared == {
        "metric": "auc",
        "candidate": 0.75,
        "champion": None,
        "champion_metrics": None,
        "difference": 0.0,
        "model_package_arn": None,
    }


def test_the_group_comes_from_the_job_s_environment(monkeypatch):
    monkeypatch.setenv("MODEL_PACKAGE_GROUP", GROUP)
    assert model_package_group() == GROUP
    monkeypatch.delenv("MODEL_PACKAGE_GROUP")
    with pytest.raises(SettingError, match="has no MODEL_PACKAGE_GROUP: set it to the name"):
        model_package_group()
