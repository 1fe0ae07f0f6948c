"""The feature groups of a pipeline: their configuration, their key and their role."""

import json
import subprocess
import sys

import pytest

from stacks.application import build_app
from tests.application.environments import FIXED, STORED
from tests.application.synthesised import synthesised
from tests.synthesis import joined, statements, synthesise
from tests.template_checks.cdk import nag

GROUP = "AWS::SageMaker::FeatureGroup"


@pytest.fixture(scope="module")
def stored():
    return synthesise(STORED, **FIXED)


@pytest.fixture(scope="module")
def groups(stored):
    """The properties of the groups by name."""
    found = [each["Properties"] for each in stored.resources("stored", GROUP).values()]
    return {properties["FeatureGroupName"]: properties for properties in found}


def test_a_pipeline_without_declarations_has_no_groups():
    assert synthesised("basic").resources("demand", GROUP) == {}


def test_a_group_is_created_as_it_is_declared(groups):
    made = groups["redline-basic-venues"]
    assert made["RecordIdentifierFeatureName"] == "venueid"
    assert made["EventTimeFeatureName"] == "changed"
    assert [each["FeatureType"] for each in made["FeatureDefinitions"]] == [
        *("Integral", "String", "String", "Integral")
    ]
    assert made["OnlineStoreConfig"]["TtlDuration"] == {"Unit": "Days", "Value": 30}
    assert made["OfflineStoreConfig"]["DisableGlueTableCreation"] is False


def test_tags_of_the_stack_do_not_replace_a_group(groups):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-featuregroup.html"""
    tags = {tag["Key"] for tag in groups["redline-basic-venues"]["Tags"]}
    assert tags == {"author", "source", "version"}


def test_both_stores_are_encrypted_with_the_key_of_the_environment(groups):
    made = groups["redline-basic-venues"]
    online = made["OnlineStoreConfig"]["SecurityConfig"]["KmsKeyId"]
    assert "DataKey" in joined(online)
    assert made["OfflineStoreConfig"]["S3StorageConfig"]["KmsKeyId"] == online


def test_an_online_group_has_no_role(groups):
    made = groups["redline-basic-sessions"]
    assert "RoleArn" not in made
    assert "OfflineStoreConfig" not in made


def test_the_role_writes_below_the_prefix_of_its_group_only(stored):
    policies = stored.resources("stored", "AWS::IAM::Policy")
    (policy,) = [each for name, each in policies.items() if name.startswith("Featuresvenues")]
    found = {action: each["Resource"] for each in statements(policy) for action in each["Action"]}
    assert set(found) == {
        *("kms:GenerateDataKey", "s3:GetBucketAcl", "s3:PutObject", "s3:PutObjectAcl")
    }
    for action in ("s3:PutObject", "s3:PutObjectAcl"):
        (written,) = found[action]
        assert joined(written).endswith("/features/venues/*")


def test_the_checks_of_cdk_nag_find_nothing():
    assert nag(build_app(STORED, **FIXED)) == []


def policy_of(stored, construct):
    policies = stored.resources("stored", "AWS::IAM::Policy")
    (policy,) = [each for name, each in policies.items() if name.startswith(construct)]
    return {
        action: [joined(each) for each in statement["Resource"]]
        for statement in statements(policy)
        for action in statement["Action"]
    }


def test_a_named_table_is_in_the_database_of_the_groups_of_the_environment(groups):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OfflineStoreConfig.html"""
    offline = groups["redline-basic-visits"]["OfflineStoreConfig"]
    assert offline["DisableGlueTableCreation"] is False
    assert offline["DataCatalogConfig"]["TableName"] == "visits"
    assert "Features" in joined(offline["DataCatalogConfig"]["Database"])
    assert "DataCatalogConfig" not in groups["redline-basic-venues"]["OfflineStoreConfig"]


def test_a_group_with_a_stream_has_a_queue_and_a_function_and_others_have_none(stored):
    (source,) = stored.resources("stored", "AWS::Lambda::EventSourceMapping").values()
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    outputs = stored.templates["stored"]["Outputs"]
    assert [name for name in outputs if name.endswith("StreamQueueUrl")] == ["VisitsStreamQueueUrl"]


def streams(stored):
    queues = stored.resources("stored", "AWS::SQS::Queue")
    return {
        name.removeprefix("FeatureStreamvisits")[:5]: each["Properties"]
        for name, each in queues.items()
        if name.startswith("FeatureStream")
    }


def test_messages_that_are_not_written_are_kept_and_an_alarm_is_sent(stored):
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""
    found = streams(stored)
    assert set(found) == {"Queue", "Broke"}
    assert "Broken" in joined(found["Queue"]["RedrivePolicy"]["deadLetterTargetArn"])
    assert found["Queue"]["RedrivePolicy"]["maxReceiveCount"] == 5
    functions = stored.resources("stored", "AWS::Lambda::Function").items()
    (function,) = [each for name, each in functions if name.startswith("FeatureStream")]
    assert found["Queue"]["VisibilityTimeout"] >= 6 * function["Properties"]["Timeout"]
    alarms = stored.resources("stored", "AWS::CloudWatch::Alarm").items()
    metrics = [each["Properties"]["MetricName"] for name, each in alarms if "FeatureStream" in name]
    assert sorted(metrics) == ["ApproximateNumberOfMessagesVisible", "Errors"]
    texts = [each["Properties"]["AlarmDescription"] for name, each in alarms if "Stream" in name]
    assert {text.rpartition("#")[2] for text in texts} == {
        *("feature-function-fails", "unwritten-features")
    }


def test_the_queues_of_a_stream_are_encrypted_with_the_key_of_the_environment(stored):
    for properties in streams(stored).values():
        assert "DataKey" in joined(properties["KmsMasterKeyId"])


def test_the_function_of_a_stream_uses_its_group_its_queue_and_the_key_only(stored):
    granted = policy_of(stored, "FeatureStreamvisitsPolicy")
    assert set(granted) == {
        *("kms:Decrypt", "sagemaker:BatchGetRecord", "sagemaker:PutRecord"),
        *("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        "sqs:ReceiveMessage",
    }
    for action, (resource,) in granted.items():
        names = {"kms": "DataKey", "sagemaker": "group/redline-basic-visits", "sqs": "Queue"}
        assert names[action.partition(":")[0]] in resource


def test_the_function_of_a_stream_brings_the_code_of_an_ingestion_and_the_declaration(stored):
    ((folder, declaration),) = [
        (path.parent, json.loads(path.read_text()))
        for path in stored.folder.glob("asset.*/feature_group.json")
    ]
    assert declaration["features"] == {"page": "String", "day": "String", "visits": "Integral"}
    own = {path.stem for path in (folder / "pipeline_code" / "runtime").glob("*.py")}
    assert own == {
        *("__init__", "feature_declaration", "feature_records", "feature_store"),
        *("job_errors", "time_texts"),
    }
    code = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); import handler; print(handler.SERVICE)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.stdout == "sagemaker-featurestore-runtime\n", done.stderr


def test_jobs_write_records_of_the_groups_that_their_steps_name_only(stored):
    """https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html"""
    granted = policy_of(stored, "RolesProcessingRolePolicy")
    for action in ("sagemaker:BatchGetRecord", "sagemaker:PutRecord"):
        (resource,) = granted[action]
        assert resource.endswith(":feature-group/redline-basic-visits")


def interface_endpoints(environment):
    found = environment.resources("network", "AWS::EC2::VPCEndpoint").values()
    return {joined(each["Properties"]["ServiceName"]).partition("us-east-1.")[2] for each in found}


def test_the_vpc_has_an_endpoint_of_the_store_only_if_a_step_writes_records(stored):
    """https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html"""
    assert "sagemaker.featurestore-runtime" in interface_endpoints(stored)
    assert "sagemaker.featurestore-runtime" not in interface_endpoints(synthesised("basic"))


def test_queries_read_their_tables_only_and_write_results_where_they_expire(stored):
    """https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html"""
    granted = policy_of(stored, "RolesProcessingRolePolicy")
    (workgroup,) = granted["athena:StartQueryExecution"]
    assert ":workgroup/" in workgroup
    catalog, database, table = granted["glue:GetTable"]
    assert catalog.endswith(":catalog")
    assert ":database/" in database
    assert table.endswith("/visits")
    read = [each.partition("/")[2] for each in granted["s3:GetObject"]]
    assert "features/visits/*" in read
    assert "features/venues/*" not in read
    assert "unload/athena/*" in [each.partition("/")[2] for each in granted["s3:PutObject"]]


def test_the_workgroup_enforces_location_and_encryption_of_results(stored):
    """https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html"""
    (workgroup,) = stored.resources("athena", "AWS::Athena::WorkGroup").values()
    configured = workgroup["Properties"]["WorkGroupConfiguration"]
    assert configured["EnforceWorkGroupConfiguration"] is True
    result = configured["ResultConfiguration"]
    assert joined(result["OutputLocation"]).endswith("/unload/athena/")
    assert result["EncryptionConfiguration"]["EncryptionOption"] == "SSE_KMS"


def test_an_environment_without_queries_has_no_workgroup():
    assert "athena" not in synthesised("basic").templates
