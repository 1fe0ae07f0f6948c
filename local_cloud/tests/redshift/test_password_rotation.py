"""RotateSecret for a password that Redshift manages: only the new password is valid."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from botocore.exceptions import ClientError

CLUSTER, WORKGROUP, DATABASE = "rotated-cluster", "rotated-workgroup", "redline"
TEMPLATE = {
    "Resources": {
        "Cluster": {
            "Type": "AWS::Redshift::Cluster",
            "Properties": {
                "ClusterIdentifier": CLUSTER,
                "ClusterType": "single-node",
                "NodeType": "ra3.large",
                "DBName": DATABASE,
                "MasterUsername": "boss",
                "ManageMasterPassword": True,
            },
        }
    },
    "Outputs": {"Secret": {"Value": {"Fn::GetAtt": ["Cluster", "MasterPasswordSecretArn"]}}},
}


@dataclass
class Managed:
    """A warehouse, its parameter in requests, and the secret of its administrator."""

    cloud: object
    where: dict[str, str]
    secret: str

    def __post_init__(self):
        self.secrets = self.cloud.client("secretsmanager")

    def value(self, **version):
        return self.secrets.get_secret_value(SecretId=self.secret, **version)["SecretString"]

    def outcome(self, sql="SELECT 1", secret=None):
        data = self.cloud.client("redshift-data")
        started = data.execute_statement(
            **self.where, Database=DATABASE, SecretArn=secret or self.secret, Sql=sql
        )
        shown = data.describe_statement(Id=started["Id"], WaitTimeSeconds=30)
        return shown.get("Error", shown["Status"])

    def with_password(self, text):
        """Return the outcome of a statement whose secret contains an earlier value."""
        made = self.secrets.create_secret(Name="former", SecretString=text)["ARN"]
        try:
            return self.outcome(secret=made)
        finally:
            self.secrets.delete_secret(SecretId=made, ForceDeleteWithoutRecovery=True)


@pytest.fixture(scope="module", params=["cluster", "namespace"])
def managed(request, cloud):
    if request.param == "cluster":
        stacks = cloud.client("cloudformation")
        stacks.create_stack(StackName=CLUSTER, TemplateBody=json.dumps(TEMPLATE))
        (output,) = stacks.describe_stacks(StackName=CLUSTER)["Stacks"][0]["Outputs"]
        return Managed(cloud, {"ClusterIdentifier": CLUSTER}, output["OutputValue"])
    api = cloud.client("redshift-serverless")
    made = api.create_namespace(
        namespaceName=WORKGROUP, dbName=DATABASE, adminUsername="boss", manageAdminPassword=True
    )["namespace"]
    api.create_workgroup(workgroupName=WORKGROUP, namespaceName=WORKGROUP)
    return Managed(cloud, {"WorkgroupName": WORKGROUP}, made["adminPasswordSecretArn"])


def test_the_new_password_works_and_the_old_one_does_not(managed):
    assert managed.outcome() == "FINISHED"
    before = managed.value()
    rotated = managed.secrets.rotate_secret(SecretId=managed.secret)
    assert rotated["ARN"] == managed.secret
    after = managed.value()
    assert json.loads(after)["username"] == "boss"
    assert json.loads(after)["password"] != json.loads(before)["password"]
    assert managed.value(VersionStage="AWSPREVIOUS") == before
    assert managed.outcome() == "FINISHED"
    assert "password authentication failed" in managed.with_password(before)
    assert managed.with_password(after) == "FINISHED"


def test_it_replaces_a_password_that_the_administrator_chose(managed):
    assert managed.outcome("ALTER USER boss PASSWORD 'Chosen1password'") == "FINISHED"
    assert "password authentication failed" in managed.outcome()
    managed.secrets.rotate_secret(SecretId=managed.secret)
    assert managed.outcome() == "FINISHED"


def test_the_same_token_rotates_once(managed):
    token = "0" * 32
    first = managed.secrets.rotate_secret(SecretId=managed.secret, ClientRequestToken=token)
    value = managed.value()
    again = managed.secrets.rotate_secret(SecretId=managed.secret, ClientRequestToken=token)
    assert first["VersionId"] == again["VersionId"] == token
    assert managed.value() == value


def test_other_rotations_are_refused_and_change_nothing(managed):
    secrets = managed.secrets
    own = secrets.create_secret(Name="own", SecretString="kept")["ARN"]
    with pytest.raises(ClientError, match="No Lambda rotation function ARN is associated"):
        secrets.rotate_secret(SecretId=own)
    function = "arn:aws:lambda:us-east-1:123456789012:function:rotate"
    with pytest.raises(ClientError, match="is not implemented by the laptop cloud"):
        secrets.rotate_secret(SecretId=own, RotationLambdaARN=function)
    with pytest.raises(ClientError, match="is not implemented by the laptop cloud"):
        secrets.rotate_secret(SecretId=managed.secret, RotationRules={"Duration": "2h"})
    assert secrets.get_secret_value(SecretId=own)["SecretString"] == "kept"
    secrets.delete_secret(SecretId=own, ForceDeleteWithoutRecovery=True)
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.rotate_secret(SecretId="nothing")
