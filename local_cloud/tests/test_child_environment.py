"""Child processes do not get the AWS account of the shell, nor its settings of Python."""

from __future__ import annotations

import os

import boto3
import pytest

from local_cloud.child_environment import (
    app_variables,
    cdk_variables,
    isolated_variables,
    leave_account,
    server_variables,
    user_variables,
)
from local_cloud.context import Cloud
from local_cloud.state import ServerRecord, read_deployment, read_secrets, read_server


@pytest.fixture
def cloud(tmp_path):
    return Cloud("http://localhost:1", tmp_path)


@pytest.fixture(autouse=True)
def shell(monkeypatch, tmp_path):
    """A shell that is made for an account, for another Python and for another CDK app."""
    config = tmp_path / "config"
    config.write_text("[default\n")
    variables = {
        "AWS_PROFILE": "work",
        "AWS_SECRET_ACCESS_KEY": "secret of the shell",
        "AWS_CONFIG_FILE": str(config),
        "AWS_MAX_ATTEMPTS": "many",
        "PYTHONPATH": "/shadows",
        "PYTHONWARNINGS": "error",
        "PYTHONDONTWRITEBYTECODE": "1",
        "CDK_APP": "false",
        "NODE_OPTIONS": "--require /missing",
        "KEPT": "yes",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


def test_no_process_gets_the_account(cloud, tmp_path):
    for variables in (
        server_variables(),
        user_variables(cloud),
        app_variables(cloud),
        cdk_variables(cloud),
        isolated_variables(tmp_path, tmp_path),
    ):
        assert "AWS_PROFILE" not in variables
        assert "AWS_MAX_ATTEMPTS" not in variables
        assert "secret of the shell" not in variables.values()
        assert variables.get("AWS_CONFIG_FILE", os.devnull) == os.devnull


def test_settings_of_python_reach_the_programs_of_the_user_only(cloud, shell):
    server = server_variables()
    assert server["PYTHONPATH"] != "/shadows"
    assert "PYTHONWARNINGS" not in server
    assert server["PYTHONDONTWRITEBYTECODE"] == "1"
    assert user_variables(cloud)["PYTHONPATH"] == "/shadows"
    assert app_variables(cloud)["PYTHONWARNINGS"] == "error"


def test_settings_of_the_cdk_reach_the_app_but_not_the_cli(cloud, tmp_path):
    assert app_variables(cloud)["CDK_APP"] == "false"
    cli = cdk_variables(cloud)
    assert {"CDK_APP", "NODE_OPTIONS"}.isdisjoint(cli)
    assert cli["HOME"] == str(tmp_path)
    assert cli["KEPT"] == "yes"


def test_a_function_gets_nothing_of_the_shell(tmp_path):
    assert set(isolated_variables(tmp_path, tmp_path)) == {"PATH", "HOME", "TMPDIR", "LANG"}


def test_a_process_that_left_the_account_creates_clients(monkeypatch, cloud):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    before = dict(os.environ)
    try:
        leave_account()
        assert cloud.client("s3").meta.endpoint_url == cloud.endpoint
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '"x"', "1", '{"pid": 1}', '{"stacks": 1}', "\xff", "[" * 20_000,
     '{"pid": "1", "started": 1.0, "port": 1, "region": "us-east-1"}',
     '{"pid": 1, "started": 1.0, "port": 1, "region": "us-east-1", "more": 1}'],
)  # fmt: skip
def test_records_that_this_version_cannot_read_are_no_records(text, tmp_path):
    for name in ("server", "secrets", "deployment"):
        (tmp_path / f"{name}.json").write_text(text, encoding="latin-1")
    assert read_server(tmp_path) is None
    assert read_secrets(tmp_path) is None
    assert read_deployment(tmp_path) is None


def test_a_record_of_this_version_is_read(tmp_path):
    (tmp_path / "server.json").write_text(
        '{"pid": 1, "started": 2, "port": 3, "region": "us-east-1"}'
    )
    assert read_server(tmp_path) == ServerRecord(1, 2.0, 3, "us-east-1")
