"""The roles of the templates allow all recorded calls, and no unneeded actions."""

from __future__ import annotations

import pytest

from tests.application.environments import ENVIRONMENTS
from tests.permissions.minimality import EXPLANATIONS, grants, kind_of, mutants, stale
from tests.permissions.policies import call_of, deployed
from tests.permissions.record import recorded_calls
from tests.permissions.templates import RECORDED, templates

AGAIN = "If it is meant, run `make permissions` and look at what has changed."


@pytest.fixture(scope="module", params=RECORDED)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def policies(name):
    return deployed(templates(name))


@pytest.fixture(scope="module")
def recorded(name):
    return recorded_calls(name)


def test_every_recorded_call_is_still_allowed(policies, recorded):
    denied = [
        f"{call['role'] or call['service']} {call['action']} {call['resource']}"
        for call in recorded
        if not policies.decide(call_of(call)).allowed
    ]
    assert denied == [], f"the templates no longer allow the calls of a run. {AGAIN}"


def test_every_grant_is_used_or_explained(policies, recorded):
    unexplained = [
        f"{grant.role} {grant.statement.name}: {grant.text}"
        for grant in grants(policies, recorded)
        if grant.is_unexplained
    ]
    assert unexplained == [], f"remove them, or explain them in {EXPLANATIONS.name}. {AGAIN}"


def test_every_explanation_is_of_an_unused_grant():
    every = [
        grant
        for name in RECORDED
        for grant in grants(deployed(templates(name)), recorded_calls(name))
    ]
    kinds = {kind_of(grant.role) for grant in every}
    without_calls = [
        grant
        for name in ENVIRONMENTS
        for grant in grants(deployed(templates(name)), [])
        if kind_of(grant.role) not in kinds
    ]
    assert stale([*every, *without_calls]) == []


def test_without_any_statement_something_fails(policies, recorded):
    unnoticed = [
        f"{mutant.role} {mutant.statement.name}"
        for mutant in mutants(policies, recorded)
        if not mutant.is_noticed
    ]
    assert unnoticed == []


def test_a_statement_that_is_taken_away_denies_its_calls(policies, recorded, name):
    """Recorded calls detect that a role may not read its inputs."""
    found = next(
        mutant
        for mutant in mutants(policies, recorded)
        if mutant.role.startswith(f"<redline-{name}-demand/RolesTrainingRole")
        and "s3:GetObject" in mutant.statement.actions
    )
    assert "s3:GetObject" in found.denied
