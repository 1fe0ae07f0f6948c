"""A deployed tickit with the option unchanged=skip trains once per state of its rows."""

from __future__ import annotations

import pytest

from tests.application.laptop import APP_OF_SKIPPED_DATA
from tests.integration.laptop import IMPORTS, REPOSITORY, Laptop, started, step, write_app

pytestmark = pytest.mark.laptop


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("skipped")
    settings = (REPOSITORY / "pyproject.toml").read_text()
    write_app(folder / "app", APP_OF_SKIPPED_DATA, settings=settings)
    laptop = Laptop(folder / "state", folder=folder / "app", environment=IMPORTS)
    with started(laptop):
        laptop.run("deploy", "local")
        laptop.run("load")
        yield laptop


@pytest.fixture(scope="module")
def first(laptop):
    """The summary of the execution that the deployed schedule rule started."""
    return laptop.json("tick", "tickit")


def properties(laptop, summary):
    (package,) = summary["packages"]
    described = laptop.client("sagemaker").describe_model_package(ModelPackageName=package["arn"])
    return described["CustomerMetadataProperties"]


def outputs(summary, name):
    return {
        each["Name"]: each["Value"]
        for each in step(summary, name)["metadata"]["Lambda"]["OutputParameters"]
    }


def test_the_first_run_registers_a_model_with_the_fingerprint(laptop, first):
    compared = outputs(first, "CompareData")
    assert compared["status"] == "Found"
    assert properties(laptop, first)["data_fingerprint"] == compared["fingerprint"]
    location = outputs(first, "Extract")["s3_uri"]
    assert location.endswith(f"/unload/tickit/{compared['fingerprint']}/Extract/")


def test_a_second_run_without_new_data_trains_nothing_and_says_so(laptop, first):
    second = laptop.json("tick", "tickit")
    assert second["status"] == "Succeeded"
    assert [each["name"] for each in second["steps"]] == ["CompareData", "HasNewData"]
    assert second["packages"] == []
    assert len(laptop.packages()) == len(first["packages"])
    described = laptop.run("describe", second["execution_id"]).stdout
    assert "HasNewData: CompareData.status (NoNewData) = Found does not hold" in described
    assert "no new data: the rows, the query and the code are those of" in described


def test_a_run_that_is_forced_reuses_files_and_cached_results(laptop, first):
    forced = laptop.json("start", "tickit", "-p", "UnchangedData=continue")
    assert outputs(forced, "Extract")["query_id"] == "reused"
    reused = {each["name"] for each in forced["steps"] if each.get("reused_from")}
    assert {"Preprocess", "Train"} <= reused
    assert (
        properties(laptop, forced)["data_fingerprint"]
        == properties(laptop, first)["data_fingerprint"]
    )


def test_one_changed_value_is_new_data(laptop, first):
    laptop.run("query", "UPDATE sales SET qtysold = qtysold + 1 WHERE salesid = 1")
    changed = laptop.json("tick", "tickit")
    assert outputs(changed, "CompareData")["status"] == "Found"
    assert changed["packages"]
