"""Rules for every resource of every stack."""

import re

from pipeline_code.compiler import compiled

# Types without tags in CloudFormation, and the custom resources of this project.
UNTAGGED = {
    "AWS::Budgets::Budget",
    "AWS::EC2::Route",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::KMS::Alias",
    "AWS::Lambda::Permission",
    "AWS::Redshift::ScheduledAction",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::Schedule",
    "Custom::EmptyBucket",
    "Custom::EmptyDomain",
    "Custom::EmptyEndpoint",
    "Custom::EmptyModelPackageGroup",
    "Custom::EmptyModels",
    "Custom::WarehouseMigrations",
}
# A change of such a logical id replaces the resource and deletes its data.
STATEFUL = {
    "data": {"DataKey17AFBB84", "Lake5F1B88EA", "AccessLogs8B620ECA"},
    "warehouse": {
        "WarehouseCluster0ED2F148",
        "ExtractionQueueF175C72D",
        "ExtractionBroken06ABE453",
    },
    "network": {"Vpc8378EB38"},
    "alerts": {"TopicBFC7AF6E"},
    "operations": {"RunExpiryFailures5033336E"},
}
STATEFUL_WITHOUT_CLUSTER = {
    "warehouse": {
        "WarehouseNamespace78ED5B58",
        "ExtractionQueueF175C72D",
        "ExtractionBroken06ABE453",
    },
}
STATEFUL_OF_A_PIPELINE = {
    "Pipeline",
    "ScheduleFailedStarts0ADC1D00",
    "FailureAlertUntold2E695078",
}
STATEFUL_OF_RETRAINING = {"RetrainingFailedStarts573B1B34"}
STATEFUL_OF_A_QUEUE = {"ExtractionQueueF175C72D", "ExtractionBroken06ABE453"}
STATEFUL_OF_SERVING = {"DeployerFailedDC1C7FC0", "FailureAlertUntold2E695078"}
STATEFUL_TYPES = {
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::Redshift::Cluster",
    "AWS::RedshiftServerless::Namespace",
    "AWS::SageMaker::ModelPackageGroup",
    "AWS::SageMaker::Pipeline",
    "AWS::SQS::Queue",
    "AWS::EC2::VPC",
    "AWS::SNS::Topic",
}


def test_everything_is_tagged_from_the_configuration(environment):
    expected = environment.environment.tags()
    pipelines = {each.name for each in environment.environment.pipelines}
    for where, resource in environment.everything():
        if resource["Type"] not in UNTAGGED:
            tags = {tag["Key"]: tag["Value"] for tag in resource["Properties"]["Tags"]}
            assert expected.items() <= tags.items(), where
            part = where.split("/")[0].removesuffix("-serving")
            assert tags.get("Pipeline") == (part if part in pipelines else None), where


def test_logical_ids_of_what_holds_data_are_frozen(environment):
    found = {
        part: {
            name
            for name, resource in template["Resources"].items()
            if resource["Type"] in STATEFUL_TYPES
        }
        for part, template in environment.templates.items()
    }
    settings = environment.environment
    enabled = [each for each in settings.pipelines if each.enabled]
    assert found == {
        **STATEFUL,
        **(STATEFUL_WITHOUT_CLUSTER if settings.warehouse.kind == "serverless" else {}),
        **({"studio": set()} if settings.studio else {}),
        **{each.name: stateful(each, environment.root) for each in enabled},
        **{f"{each.name}-serving": STATEFUL_OF_SERVING for each in enabled if each.serving},
    }


def stateful(pipeline, root):
    """The stateful resources of a pipeline; only a pipeline that registers models has a group."""
    manifest = compiled(pipeline.name, options=pipeline.options, root=root).manifest
    return (
        STATEFUL_OF_A_PIPELINE
        | ({"ModelPackageGroup"} if manifest.registers_models else set())
        | (STATEFUL_OF_RETRAINING if pipeline.retrains else set())
        | (STATEFUL_OF_A_QUEUE if manifest.queues else set())
    )


def test_no_node_function_is_deployed(environment):
    for where, resource in environment.everything():
        if resource["Type"] == "AWS::Lambda::Function":
            assert resource["Properties"]["Runtime"] == "python3.12", where
            assert "VpcConfig" not in resource["Properties"], where


def test_no_template_asks_for_a_parameter_or_a_lookup(environment):
    for template in environment.templates.values():
        assert "Parameters" not in template
        assert "dummy-value" not in str(template)


def test_no_secret_stands_in_clear(environment):
    text = str(environment.templates)
    assert "resolve:secretsmanager" not in text
    assert not re.search(r"(?i)['\"]\w*password['\"]: ['\"]", text)


def test_a_log_group_forgets(environment):
    for where, resource in environment.everything():
        if resource["Type"] == "AWS::Logs::LogGroup":
            assert resource["Properties"]["RetentionInDays"] > 0, where
