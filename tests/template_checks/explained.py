"""An environment whose findings must all have an explanation."""

from __future__ import annotations

from stacks.application import build_app, new_app
from tests.application.environments import FIXED
from tests.template_checks.cdk import checked
from tests.template_checks.cfn_lint import cfn_lint
from tests.template_checks.checkov import checkov, failed, templates


def checked_environment(environment, folder):
    """Synthesise the app of an environment to `folder`, with the findings of cdk-nag."""
    return checked(build_app(environment, new_app(folder), **FIXED, validate=True), folder)


def assert_explained(found):
    """Assert that cdk-nag, CDK's own rules and cfn-lint find nothing unexplained."""
    assert found.found == []
    assert found.validation() == []
    assert cfn_lint([found.folder]) == []


def assert_explained_to_checkov(found, folder):
    """Assert that checkov finds nothing unexplained. It works in `folder`."""
    assert failed(checkov(templates([found.folder]), folder)) == []
