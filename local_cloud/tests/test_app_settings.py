"""The settings in [tool.laptop] of an app, and the commands in these settings."""

from __future__ import annotations

import argparse
import json

import pytest

from local_cloud.app_settings import AppSettings, InvalidSettings, read_settings
from local_cloud.commands import load
from local_cloud.context import Cloud
from local_cloud.deployment.destroy_environment import list_remaining
from local_cloud.errors import DeployFailed
from local_cloud.state import Deployment, write_deployment

# A command of an app that prints its arguments, its endpoint and its folder.
REPORT = """
import json, os, sys
report = {"words": sys.argv[1:], "endpoint": os.environ["AWS_ENDPOINT_URL"], "folder": os.getcwd()}
print(json.dumps(report))
if "fail" in sys.argv:
    sys.exit("no data")
"""


@pytest.fixture
def app(tmp_path):
    """A function that writes settings to the pyproject.toml of an app and returns its folder."""
    (tmp_path / "report.py").write_text(REPORT)

    def declare(table):
        (tmp_path / "pyproject.toml").write_text(f"[tool.laptop]\n{table}\n")
        return tmp_path

    return declare


@pytest.fixture
def cloud(tmp_path_factory):
    return Cloud(endpoint="http://localhost:1", state=tmp_path_factory.mktemp("state"))


def test_an_app_need_not_declare_anything(tmp_path, app):
    assert read_settings(tmp_path) == AppSettings()
    assert read_settings(app("")) == AppSettings()


def test_what_is_declared_is_read(app):
    folder = app('environment_context = "stage"\nload = ["make", "load"]\n')
    assert read_settings(folder) == AppSettings(environment_context="stage", load=("make", "load"))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            'loads = ["make"]',
            "the unknown key 'loads'; known are environment_context, account_context, load, "
            "follow, left, orphans",
        ),
        ('load = "make load"', "load in .* is 'make load': it must be a list of words"),
        ("load = [1]", "must be a list of words"),
        ("environment_context = 1", "must be a text"),
    ],
)
def test_another_key_or_value_is_refused(app, table, message):
    with pytest.raises(InvalidSettings, match=message):
        read_settings(app(table))


def loaded(cloud, capfd, **given):
    defaults = {"names": [], "data": None, "yes": False, "json": False}
    arguments = argparse.Namespace(**{**defaults, **given})
    return load.run(arguments, cloud), capfd.readouterr().out


def test_the_command_that_loads_is_run_in_the_folder_of_the_app(app, cloud, capfd, tmp_path):
    folder = app('load = ["python", "report.py", "--into", "{environment}"]')
    write_deployment(cloud.state, Deployment("local", (), folder=str(folder)))
    code, out = loaded(cloud, capfd, data=tmp_path, yes=True, names=["census"])
    assert code == 0
    assert json.loads(out) == {
        "words": ["--into", "local", "--data", str(tmp_path), "--yes", "census"],
        "endpoint": cloud.endpoint,
        "folder": str(folder),
    }
    app('load = ["python", "report.py", "fail"]')
    assert loaded(cloud, capfd)[0] == 1


def test_without_a_command_there_is_nothing_to_load(app, cloud, capfd):
    with pytest.raises(load.NothingToLoad, match="Nothing is deployed"):
        loaded(cloud, capfd)
    write_deployment(cloud.state, Deployment("local", (), folder=str(app(""))))
    with pytest.raises(load.NothingToLoad, match="declares no command that loads data"):
        loaded(cloud, capfd)


def test_the_command_that_lists_what_is_left_is_run(app, cloud):
    folder = app('left = ["python", "report.py", "{environment}"]')
    listed = list_remaining(cloud, "dev", folder=folder, as_json=True)
    assert json.loads(listed)["words"] == ["dev", "--json"]
    app('left = ["python", "report.py", "fail"]')
    with pytest.raises(DeployFailed, match="no data"):
        list_remaining(cloud, "dev", folder=folder, as_json=False)
    app("")
    assert list_remaining(cloud, "dev", folder=folder, as_json=False) is None
