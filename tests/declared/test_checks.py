"""cdk-nag, cfn-lint and CDK's validation have no unexplained findings.

For the fixed environments, tests/unit/stacks/test_acknowledgements.py compares all findings.
"""

import pytest

from stacks.application import build_app, new_app
from stacks.environments import ENVIRONMENTS
from tests.declared.environments import declared
from tests.template_checks.cdk import nag, validation
from tests.template_checks.cfn_lint import cfn_lint


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_cdk_nag_finds_nothing_unexplained(name):
    # Before synthesis, while references between stacks still contain the names of their resources.
    assert nag(build_app(ENVIRONMENTS[name])) == []


def test_cfn_lint_finds_nothing_unexplained():
    assert cfn_lint([declared(name).folder for name in ENVIRONMENTS]) == []


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_validation_finds_nothing_unexplained(name, tmp_path):
    build_app(ENVIRONMENTS[name], new_app(tmp_path), validate=True).synth()
    assert validation(tmp_path) == []
