"""The warehouse in the template."""

import json

from tests.synthesis import joined, statements


def cluster(environment):
    return environment.the("warehouse", "AWS::Redshift::Cluster")


def rules(environment):
    """The inbound rules of security groups in the stack."""
    found = environment.resources("warehouse", "AWS::EC2::SecurityGroupIngress").values()
    return [rule["Properties"] for rule in found]


def policy(environment, name):
    (found,) = [
        resource
        for logical, resource in environment.resources("warehouse", "AWS::IAM::Policy").items()
        if logical.startswith(name)
    ]
    return statements(found)


def test_a_single_node_has_no_number_of_nodes(basic):
    properties = cluster(basic)
    assert properties["ClusterType"] == "single-node"
    assert "NumberOfNodes" not in properties


def test_several_nodes_are_counted(retained):
    properties = cluster(retained)
    assert (properties["ClusterType"], properties["NumberOfNodes"]) == ("multi-node", 2)


def test_the_cluster_is_private_encrypted_and_routed_through_the_vpc(environment):
    properties = cluster(environment)
    assert properties["PubliclyAccessible"] is False
    assert properties["Encrypted"] is True
    assert "DataKey" in str(properties["KmsKeyId"])
    assert properties["EnhancedVpcRouting"] is True
    assert properties["AutomatedSnapshotRetentionPeriod"] >= 1
    assert properties["LoggingProperties"]["S3KeyPrefix"] == "warehouse/"


def test_the_service_makes_and_keeps_the_password(environment):
    properties = cluster(environment)
    assert properties["ManageMasterPassword"] is True
    assert "DataKey" in str(properties["MasterPasswordSecretKmsKeyId"])
    assert "MasterUserPassword" not in properties
    assert "MasterUserPassword" not in json.dumps(environment.templates)


def test_only_tls_is_taken_and_statements_are_logged(environment):
    parameters = environment.the("warehouse", "AWS::Redshift::ClusterParameterGroup")["Parameters"]
    assert {each["ParameterName"]: each["ParameterValue"] for each in parameters} == {
        "require_ssl": "true",
        "enable_user_activity_logging": "true",
    }


def test_the_audit_log_is_written_by_this_cluster_alone(environment):
    (written,) = [
        statement
        for found in environment.resources("data", "AWS::S3::BucketPolicy").values()
        for statement in statements(found)
        if statement.get("Sid") == "WarehouseAuditLogs"
    ]
    source = joined(written["Condition"]["ArnLike"]["aws:SourceArn"])
    assert source.endswith(f":cluster:{cluster(environment)['ClusterIdentifier']}")


def test_only_jobs_reach_the_cluster(environment):
    group = environment.the("warehouse", "AWS::EC2::SecurityGroup")
    assert "SecurityGroupIngress" not in group
    (rule,) = [rule for rule in rules(environment) if "Warehouse" in str(rule["GroupId"])]
    assert "JobSecurityGroup" in str(rule["SourceSecurityGroupId"])
    assert rule["FromPort"] == rule["ToPort"] == cluster(environment)["Port"] == 5440


def test_the_cluster_reaches_the_catalogue_s_endpoint(environment):
    (rule,) = [rule for rule in rules(environment) if "Endpoints" in str(rule["GroupId"])]
    assert "Warehouse" in str(rule["SourceSecurityGroupId"])
    assert rule["FromPort"] == rule["ToPort"] == 443


def test_the_warehouse_reads_incoming_files_and_writes_unloads(environment):
    found = {each["Sid"]: each for each in policy(environment, "LakeRole")}
    lake = next(iter(joined(each) for each in found["FindBucket"]["Resource"]))
    assert found["Copy"]["Action"] == ["s3:GetObject"]
    assert [joined(each) for each in found["Copy"]["Resource"]] == [f"{lake}/incoming/*"]
    assert [joined(each) for each in found["Unload"]["Resource"]] == [f"{lake}/unload/*"]
    assert found["UseKey"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    written = [each["Sid"] for each in found.values() if "s3:PutObject" in each["Action"]]
    assert written == ["Unload", *(["UnloadDays"] if "UnloadDays" in found else [])]
    for each in found.get("UnloadDays", {"Resource": []})["Resource"]:
        assert joined(each).startswith(f"{lake}/extracted/queued/")
        assert "/rows/" in joined(each)


def test_migrations_run_again_when_they_change(environment):
    properties = environment.the("warehouse", "Custom::WarehouseMigrations")
    assert len(properties["Fingerprint"]) == 64
    assert properties["Database"] == "redline"
    assert properties["SecretArn"] == {
        "Fn::GetAtt": [properties["ClusterIdentifier"]["Ref"], "MasterPasswordSecretArn"]
    }
    assert properties["ServiceTimeout"] == "900"


def test_migrations_wait_for_their_permissions(environment):
    (resource,) = environment.resources("warehouse", "Custom::WarehouseMigrations").values()
    assert set(resource["DependsOn"]) <= set(environment.resources("warehouse", "AWS::IAM::Policy"))
    assert resource["DependsOn"]


def test_the_loader_learns_whether_rows_may_be_generated(basic, retained):
    found = [each.templates["warehouse"]["Outputs"]["GeneratedData"] for each in (basic, retained)]
    assert found == [{"Value": "allowed"}, {"Value": "not allowed"}]


def test_outputs_have_the_names_that_commands_read(environment):
    assert list(environment.templates["warehouse"]["Outputs"]) == [
        "ClusterIdentifier",
        "DatabaseName",
        "AdminSecretArn",
        "WarehouseRoleArn",
        "GeneratedData",
        *[name for name in environment.templates["warehouse"]["Outputs"] if "Exports" in name],
    ]
