"""The identity of the caller, and assumed roles."""

from __future__ import annotations


def session(aws):
    sts = aws.client("sts")
    assert sts.get_caller_identity()["Account"] == aws.account
    statement = {"AWS": f"arn:aws:iam::{aws.account}:root"}
    role = aws.role("life-session", statement, "sts:*")
    credentials = sts.assume_role(RoleArn=role, RoleSessionName="one")["Credentials"]
    assumed = aws.client("sts", credentials)
    assert assumed.get_caller_identity()["Arn"].endswith("assumed-role/life-session/one")
