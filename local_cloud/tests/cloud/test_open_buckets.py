"""Anonymous access to buckets."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from moto.iam.access_control import PermissionResult

from local_cloud.authorization.bucket_permissions import bucket_permission

OBJECT = "arn:aws:s3:::lake/in/a"


def statement(effect, principal, action="s3:GetObject"):
    return {"Effect": effect, "Principal": principal, "Action": action, "Resource": OBJECT}


def permission(*statements):
    policy = json.dumps({"Statement": statements}).encode() if statements else None
    return bucket_permission(SimpleNamespace(policy=policy), "s3:GetObject", OBJECT)


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_public_objects_are_readable(principal):
    assert permission(statement("Allow", principal)) == PermissionResult.PERMITTED


@pytest.mark.parametrize(
    "statements",
    [
        [],
        [statement("Allow", "*", action="s3:PutObject")],
        [statement("Allow", {"AWS": "arn:aws:iam::123456789012:root"})],
        [statement("Allow", {"Service": "events.amazonaws.com"})],
        [statement("Allow", "*"), statement("Deny", "*")],
    ],
)
def test_other_objects_are_not(statements):
    assert permission(*statements) == PermissionResult.NEUTRAL
