"""cdk-nag, cfn-lint and CDK's validation have no unexplained findings.

For the fixed environments, tests/unit/stacks/test_acknowledgements.py compares all findings.
"""

import pytest

from stacks.application import build_app, new_app
from tests.declared.environments import VALID
from tests.template_checks.cdk import checked
from tests.template_checks.cfn_lint import cfn_lint

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def environments(tmp_path_factory):
    """Name -> checked environment: each is synthesised once for all checks."""
    root = tmp_path_factory.mktemp("checked")
    return {
        name: checked(build_app(each, new_app(root / name), validate=True), root / name)
        for name, each in VALID.items()
    }


@pytest.mark.parametrize("name", VALID)
def test_cdk_nag_finds_nothing_unexplained(name, environments):
    assert environments[name].found == []


def test_cfn_lint_finds_nothing_unexplained(environments):
    assert cfn_lint(each.folder for each in environments.values()) == []


@pytest.mark.parametrize("name", VALID)
def test_validation_finds_nothing_unexplained(name, environments):
    assert environments[name].validation() == []
