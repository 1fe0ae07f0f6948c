"""`cdk deploy` of an environment that retains data needs its account."""

from __future__ import annotations

import subprocess

import pytest

from local_cloud.child_environment import app_variables
from local_cloud.context import ACCOUNT_ID
from local_cloud.deployment.cdk_cli import CdkCli
from tests.integration.laptop import REPOSITORY, Laptop

pytestmark = pytest.mark.laptop


def test_a_deployment_without_an_account_is_rejected_before_anything_is_created(tmp_path):
    laptop = Laptop(tmp_path / "state")
    laptop.run("up")
    try:
        CdkCli(folder=REPOSITORY, cloud=laptop.cloud()).bootstrap()
        refused = _cdk_deploy(laptop, tmp_path, "redline-staging-data")
        assert refused.returncode != 0
        assert "account of staging is None: set it to twelve digits in stacks/environments.py" in (
            refused.stdout
        )
        assert _stacks(laptop) == {"CDKToolkit": "CREATE_COMPLETE"}
        named = _cdk_deploy(laptop, tmp_path, "redline-staging-data", "-c", f"account={ACCOUNT_ID}")
        assert named.returncode == 0, named.stdout
        assert _stacks(laptop)["redline-staging-data"] == "CREATE_COMPLETE"
    finally:
        laptop.run("down")


def _cdk_deploy(laptop, folder, *arguments):
    """Run `cdk deploy` with the default method of the CLI."""
    cdk = [str(REPOSITORY / "node_modules" / ".bin" / "cdk"), "deploy", "-c", "env=staging"]
    options = ["--require-approval", "never", "--no-notices", "--output", str(folder / "cdk.out")]
    return subprocess.run(
        [*cdk, *arguments, *options],
        cwd=REPOSITORY,
        env=app_variables(laptop.cloud()),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )


def _stacks(laptop):
    found = laptop.client("cloudformation").describe_stacks()["Stacks"]
    return {each["StackName"]: each["StackStatus"] for each in found}
