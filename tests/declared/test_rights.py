"""Permissions of roles, in any pipeline, are declared by steps, and used or explained.

Each kind of step is in the fixed pipelines, whose runs were recorded. With these recordings,
tests/permissions checks that no kind declares too many or too few permissions. So it is sufficient
that the roles of a pipeline have exactly the permissions that its steps declare.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from local_cloud.authorization.grant_usage import read_explanations
from pipeline_code.compiler import Manifest, compiled
from tests.application.synthesised import synthesised
from tests.permissions.minimality import EXPLANATIONS, kind_of, plain_role, used_actions
from tests.permissions.policies import Deployed, deployed
from tests.permissions.record import recorded_calls
from tests.permissions.templates import RECORDED, templates_of
from tests.synthesis import Synthesised, statements

# The prefixes of the logical ids of a pipeline's roles and their policies.
ROLES = "Roles"


def manifests(environment: Synthesised) -> Iterator[tuple[str, Manifest]]:
    """Yield name and manifest of each pipeline that has a stack."""
    for pipeline in environment.environment.pipelines:
        if pipeline.enabled:
            options, root = pipeline.options, environment.root
            yield pipeline.name, compiled(pipeline.name, options=options, root=root).manifest


def granted(environment: Synthesised, pipeline: str) -> Mapping[str, set[str]]:
    """Return role -> the actions that its policy in the pipeline's stack allows."""
    return {
        name.removeprefix(ROLES).partition("RolePolicy")[0]: {
            action for each in statements(policy) for action in each["Action"]
        }
        for name, policy in environment.resources(pipeline, "AWS::IAM::Policy").items()
        if name.startswith(ROLES)
    }


def test_a_pipeline_s_roles_are_granted_what_its_steps_declare_and_nothing_else(environment):
    for name, manifest in manifests(environment):
        declared = {role: manifest.job(role) for role in manifest.roles}
        declared["Execution"] = manifest.execution
        actions = {role: set(access.actions) for role, access in declared.items()}
        assert granted(environment, name) == actions, name


@cache
def recorded_uses() -> frozenset[tuple[str, str]]:
    """Return the pairs of kind of role and action in all recorded calls."""
    used = [used_actions(_deployed(synthesised(name)), recorded_calls(name)) for name in RECORDED]
    return frozenset().union(*used)


def _deployed(environment: Synthesised) -> Deployed:
    return deployed(templates_of(environment))


def test_all_other_roles_have_permissions_that_are_used_or_explained(environment):
    """The roles of functions, services and schedules; only actions are compared."""
    explanations = read_explanations(EXPLANATIONS)
    unexplained = [
        f"{role} {statement.name}: {action}"
        for role, statement in _deployed(environment).statements()
        for action in statement.actions
        if not kind_of(role).startswith(ROLES)
        and (kind_of(role), action) not in recorded_uses()
        and not any(each.fits(plain_role(role), action) for each in explanations)
    ]
    assert unexplained == [], f"remove them, or explain them in {EXPLANATIONS.name}"
