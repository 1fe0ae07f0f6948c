"""Secrets."""

from __future__ import annotations

import pytest

NAME = {"SecretId": "life"}


def managed_password(aws):
    serverless, client = aws.client("redshift-serverless"), aws.client("secretsmanager")
    made = serverless.create_namespace(namespaceName="life", manageAdminPassword=True)
    name = {"SecretId": made["namespace"]["adminPasswordSecretArn"]}
    before = client.get_secret_value(**name)["SecretString"]
    client.rotate_secret(**name)
    assert client.get_secret_value(**name)["SecretString"] != before
    serverless.delete_namespace(namespaceName="life")


def secret(aws):
    client = aws.client("secretsmanager")
    arn = client.create_secret(Name="life", SecretString="one")["ARN"]
    assert arn in [each["ARN"] for each in client.list_secrets()["SecretList"]]
    assert client.get_secret_value(**NAME)["SecretString"] == "one"
    client.put_secret_value(**NAME, SecretString="two")
    assert client.get_secret_value(**NAME)["SecretString"] == "two"
    client.update_secret(**NAME, Description="new", SecretString="three")
    assert client.get_secret_value(**NAME)["SecretString"] == "three"
    assert client.describe_secret(**NAME)["Description"] == "new"
    tags = [{"Key": "team", "Value": "a"}]
    client.tag_resource(**NAME, Tags=tags)
    assert client.describe_secret(**NAME)["Tags"] == tags
    client.untag_resource(**NAME, TagKeys=["team"])
    assert client.describe_secret(**NAME)["Tags"] == []
    client.delete_secret(**NAME, ForceDeleteWithoutRecovery=True)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_secret_value(**NAME)
