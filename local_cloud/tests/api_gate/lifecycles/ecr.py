"""Image repositories."""

from __future__ import annotations

import json

import pytest

NAME = {"repositoryName": "life"}


def repository(aws):
    ecr = aws.client("ecr")
    ecr.create_repository(**NAME, imageTagMutability="IMMUTABLE")
    (found,) = ecr.describe_repositories(repositoryNames=["life"])["repositories"]
    assert found["imageTagMutability"] == "IMMUTABLE"
    selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 3}
    rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
    ecr.put_lifecycle_policy(**NAME, lifecyclePolicyText=json.dumps({"rules": [rule]}))
    shown = json.loads(ecr.get_lifecycle_policy(**NAME)["lifecyclePolicyText"])
    assert shown["rules"][0]["selection"]["countNumber"] == 3
    statement = {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage", "Sid": "a"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    ecr.set_repository_policy(**NAME, policyText=text)
    shown = json.loads(ecr.get_repository_policy(**NAME)["policyText"])
    assert shown["Statement"][0]["Action"] == "ecr:BatchGetImage"
    ecr.delete_repository(**NAME)
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException):
        ecr.describe_repositories(repositoryNames=["life"])
