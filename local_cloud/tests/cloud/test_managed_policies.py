"""The policies that AWS manages are created once in a process; each cloud has its own copies."""

from __future__ import annotations

import json

from local_cloud.server import running

POLICY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def test_a_new_cloud_knows_nothing_of_the_attachments_of_an_earlier_one(tmp_path):
    described = []
    for name in ("one", "two"):
        with running(state=tmp_path / name) as cloud:
            iam = cloud.client("iam")
            described.append(iam.get_policy(PolicyArn=POLICY)["Policy"])
            iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(TRUST))
            iam.attach_role_policy(RoleName="reader", PolicyArn=POLICY)
            assert iam.get_policy(PolicyArn=POLICY)["Policy"]["AttachmentCount"] == 1
    first, second = described
    assert first == second
    assert first["AttachmentCount"] == 0
