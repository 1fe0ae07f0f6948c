"""The function that lets the kept files of failed executions expire."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

import pytest

from stacks.operations.run_expiry import _cached_days, _days
from tests.definitions import definition
from tests.synthesis import joined, statements


def rule(environment):
    found = environment.resources("operations", "AWS::Events::Rule").values()
    (rule,) = [each["Properties"] for each in found if "run-expiry" in str(each["Properties"])]
    return rule


def test_the_files_are_as_old_as_runs_before_they_expire(environment):
    days = json.loads(rule(environment)["Targets"][0]["Input"])["unused_days"]
    assert rule(environment)["ScheduleExpression"] == "rate(1 day)"
    assert days["demand"] == environment.environment.retention.run_days
    assert set(days) == {each.name for each in environment.environment.pipelines}


def test_results_that_a_later_run_may_reuse_are_found_at_any_depth():
    # tickit caches its training for 30 days, inside a condition.
    assert set(_cached_days(definition("tickit").body)) == {31}
    cached = {"Steps": [{"CacheConfig": {"Enabled": True}}, {"CacheConfig": {"Enabled": False}}]}
    assert list(_cached_days(cached)) == [None]


@pytest.mark.parametrize(
    ("duration", "days"),
    [("P30D", 31), ("30d", 31), ("PT1H", 1), ("T30m", 1), ("1y2m3w4d", 454), ("30dT5h", 31)],
)
def test_durations_are_rounded_up(duration, days):
    assert _days(duration) == days


def test_only_its_role_tags_kept_files_and_it_writes_nothing(environment):
    policies = environment.resources("operations", "AWS::IAM::Policy").items()
    allowed = {
        action: [joined(resource) for resource in statement["Resource"]]
        for name, policy in policies
        if name.startswith("RunExpiryPolicy")
        for statement in statements(policy)
        for action in statement["Action"]
    }
    (tagged,) = allowed["s3:PutObjectTagging"]
    assert tagged.endswith("/kept/*")
    forbidden = ("s3:PutObject", "s3:Delete*", "sagemaker:Update*", "sagemaker:Delete*")
    assert not [a for a in allowed if any(fnmatchcase(a, each) for each in forbidden)]


def test_the_bucket_denies_the_tag_to_all_others(environment):
    policies = environment.resources("data", "AWS::S3::BucketPolicy").values()
    (denied,) = [
        statement
        for policy in policies
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if statement.get("Sid") == "OnlyExpiryTagsKeptFiles"
    ]
    assert denied["Effect"] == "Deny"
    assert denied["Condition"] == {"StringNotEquals": {"aws:PrincipalTag/ExpiresRuns": "true"}}
    roles = environment.resources("operations", "AWS::IAM::Role").values()
    marked = [
        role
        for role in roles
        if {"Key": "ExpiresRuns", "Value": "true"} in role["Properties"]["Tags"]
    ]
    assert len(marked) == 1
