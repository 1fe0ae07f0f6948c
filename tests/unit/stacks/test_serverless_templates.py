"""A serverless warehouse in the template, and settings that are invalid with it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from stacks.application import build_app, new_app
from stacks.config import ConfigurationError
from tests.application.environments import DEMAND, FIXED, QUEUED, SERVERLESS
from tests.application.synthesised import synthesised
from tests.synthesis import joined, statements

KINDS = ("AWS::RedshiftServerless::Namespace", "AWS::RedshiftServerless::Workgroup")


@pytest.fixture
def serverless():
    """The complete environment."""
    return synthesised("serverless")


@pytest.fixture
def template(serverless):
    """The template of the warehouse's stack."""
    return serverless.templates["warehouse"]


def of_type(template, kind):
    """The resources of one type, by logical id."""
    return {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def the(template, kind):
    """The only resource of a type."""
    (resource,) = of_type(template, kind).values()
    return resource


def policy(template, name):
    (found,) = [
        each
        for logical, each in of_type(template, "AWS::IAM::Policy").items()
        if logical.startswith(name)
    ]
    return {statement["Sid"]: statement for statement in statements(found)}


def test_there_is_no_cluster(template):
    assert not [each for each in template["Resources"].values() if "AWS::Redshift::" in str(each)]


def test_the_namespace_is_encrypted_audited_and_keeps_its_password(template):
    properties = the(template, KINDS[0])["Properties"]
    assert properties["NamespaceName"] == "redline-serverless"
    assert (properties["DbName"], properties["AdminUsername"]) == ("redline", "redline_admin")
    assert properties["ManageAdminPassword"] is True
    assert "AdminUserPassword" not in properties
    assert "DataKey" in str(properties["KmsKeyId"])
    assert "DataKey" in str(properties["AdminPasswordSecretKmsKeyId"])
    assert set(properties["LogExports"]) == {"userlog", "connectionlog", "useractivitylog"}
    assert properties["IamRoles"] == [properties["DefaultIamRoleArn"]]
    assert "LakeRole" in str(properties["DefaultIamRoleArn"])


def test_the_workgroup_is_private_and_takes_tls_alone(template):
    properties = the(template, KINDS[1])["Properties"]
    assert properties["BaseCapacity"] == 8
    assert properties["PubliclyAccessible"] is False
    assert properties["EnhancedVpcRouting"] is True
    assert len(properties["SubnetIds"]) == 3
    assert "Private" in str(properties["SubnetIds"])
    assert properties["Port"] == 5440
    found = {
        each["ParameterKey"]: each["ParameterValue"] for each in properties["ConfigParameters"]
    }
    assert found == {"require_ssl": "true", "enable_user_activity_logging": "true"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_made_is_tagged_and_only_data_stays_where_it_is_retained(template, kind, tmp_path):
    resource = the(template, kind)
    assert {"Key": "Environment", "Value": "serverless"} in resource["Properties"]["Tags"]
    assert resource["DeletionPolicy"] == "Delete"
    retention = replace(SERVERLESS.retention, removal="retain")
    kept = replace(SERVERLESS, retention=retention, generated_data=False)
    assembly = build_app(replace(kept, pipelines=()), new_app(tmp_path)).synth()
    other = assembly.get_stack_by_name("redline-serverless-warehouse").template
    expected = "RetainExceptOnCreate" if kind.endswith("Namespace") else "Delete"
    assert the(other, kind)["DeletionPolicy"] == expected


def test_jobs_reach_the_workgroup_s_port(template):
    (rule,) = [
        each["Properties"]
        for each in of_type(template, "AWS::EC2::SecurityGroupIngress").values()
        if "Warehouse" in str(each["Properties"]["GroupId"])
    ]
    assert "JobSecurityGroup" in str(rule["SourceSecurityGroupId"])
    assert rule["FromPort"] == rule["ToPort"] == 5440


def test_the_service_may_take_on_the_role_of_the_lake(template):
    (role,) = [
        each for name, each in of_type(template, "AWS::IAM::Role").items() if "LakeRole" in name
    ]
    (trusted,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"]["Service"] == [
        "redshift-serverless.amazonaws.com",
        "redshift.amazonaws.com",
    ]


def test_migrations_ask_the_namespace_for_its_secret(template):
    properties = the(template, "Custom::WarehouseMigrations")["Properties"]
    assert "Workgroup" in properties["WorkgroupName"]["Ref"]
    assert "Namespace" in properties["NamespaceName"]["Ref"]
    assert "SecretArn" not in properties
    granted = policy(template, "MigrationsPolicy")
    (namespace,) = granted["FindSecret"]["Resource"]
    assert joined(namespace).endswith(".Namespace.NamespaceArn>")
    (secret,) = granted["ReadAdministratorSecret"]["Resource"]
    assert joined(secret).endswith(":secret:redshift!redline-serverless-redline_admin-??????")


@pytest.mark.parametrize(("part", "name"), [(DEMAND.name, "AtOnce"), (QUEUED.name, "FromQueue")])
def test_a_function_is_its_own_user_and_carries_the_role_of_its_pipeline(serverless, part, name):
    template = serverless.templates[part]
    (function,) = [
        each["Properties"]
        for logical, each in of_type(template, "AWS::Lambda::Function").items()
        if logical.startswith(f"Extraction{name}")
    ]
    settings = function["Environment"]["Variables"]
    assert "Workgroup" in str(settings["WORKGROUP_NAME"])
    assert {"CLUSTER_IDENTIFIER", "DB_USER", "SECRET_ARN"}.isdisjoint(settings)
    role = template["Resources"][function["Role"]["Fn::GetAtt"][0]]
    assert {"Key": "RedshiftDbRoles", "Value": f"pipeline_readers_{part}"} in role["Properties"][
        "Tags"
    ]
    granted = policy(template, f"Extraction{name}Policy")
    for sid in ("RunStatements", "BecomeUser"):
        (workgroup,) = granted[sid]["Resource"]
        assert "WorkgroupArn" in joined(workgroup)
    assert granted["BecomeUser"]["Action"] == ["redshift-serverless:GetCredentials"]


def test_no_other_role_is_anybody_in_the_database(serverless):
    tagged = [
        (part, name[:18])
        for part, each_template in serverless.templates.items()
        for name, each in of_type(each_template, "AWS::IAM::Role").items()
        if "pipeline_readers" in str(each["Properties"].get("Tags"))
    ]
    assert sorted(tagged) == [
        (DEMAND.name, "ExtractionAtOnceRo"),
        ("demand-batch", "ExtractionAtOnceRo"),
        (QUEUED.name, "ExtractionFromQueu"),
        ("warehouse", "ExtractionAtOnceRo"),
        ("warehouse", "ExtractionFromQueu"),
    ]


def test_outputs_have_the_names_that_commands_read(template):
    assert [name for name in template["Outputs"] if "Exports" not in name] == [
        "WorkgroupName",
        "NamespaceName",
        "DatabaseName",
        "WarehouseRoleArn",
        "GeneratedData",
    ]


def test_nothing_writes_an_audit_log_to_the_bucket(serverless):
    assert "WarehouseAuditLogs" not in json.dumps(serverless.templates["data"])


def test_a_dataset_of_sagemaker_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(ConfigurationError) as refused:
        build_app(replace(SERVERLESS, pipelines=(DEMAND,)), new_app(tmp_path), **FIXED)
    said = str(refused.value)
    assert said.startswith("demand.options is {}: allowed is an extraction by UNLOAD")
    assert "takes a ClusterIdentifier and no workgroup" in said
    assert 'options={"extraction": "unload"}' in said


@pytest.mark.parametrize("part", ["demand", QUEUED.name])
def test_either_way_of_unloading_is_taken(serverless, part):
    policies = serverless.resources(part, "AWS::IAM::Policy")
    roles = [each for name, each in policies.items() if name.startswith("Roles")]
    assert roles
    assert "redshift" not in json.dumps(roles)
