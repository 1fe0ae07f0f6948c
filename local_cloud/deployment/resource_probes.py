"""Checks whether a resource exists, with one function per resource type."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Resource types without a check, and the reason.
NOTHING_TO_DESCRIBE: Mapping[str, str] = {
    "AWS::CDK::Metadata": "has no behaviour",
    "AWS::CloudFormation::WaitConditionHandle": "has no behaviour",
    "Custom::": "is managed by a function of the app, and that function has reported success",
}


@dataclass(frozen=True)
class ProbedResource:
    """A resource that the stack lists as created."""

    logical_id: str
    type: str
    physical_id: str
    properties: Mapping[str, Any]
    # The physical ids of all resources in the stack, to resolve references.
    ids: Mapping[str, str]

    def value(self, name: str) -> Any:
        """Return a property. References to resources of the stack become physical ids."""
        return self._resolved(self.properties[name])

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolved(item) for item in value]
        if isinstance(value, dict) and "Ref" in value:
            return self.ids[value["Ref"]]
        if isinstance(value, dict) and "Fn::GetAtt" in value:
            return self.ids[value["Fn::GetAtt"][0]]
        return value


Clients = Callable[[str], Any]
Probe = Callable[[Clients, ProbedResource], object]


def _ec2(operation: str, parameter: str) -> Probe:
    """Return a describe call by id. For an unknown id, the call fails or returns an empty list.

    EC2 lists deleted gateways and endpoints for some time, with the state `deleted`.
    """

    def check(clients: Clients, resource: ProbedResource) -> object:
        answer = getattr(clients("ec2"), operation)(**{parameter: [resource.physical_id]})
        lists = [value for value in answer.values() if isinstance(value, list)]
        return any(found.get("State") != "deleted" for each in lists for found in each)

    return check


def _call(service: str, operation: str, parameter: str) -> Probe:
    """Return a get or describe call by physical id. The call fails for an unknown id."""

    def check(clients: Clients, resource: ProbedResource) -> object:
        return getattr(clients(service), operation)(**{parameter: resource.physical_id})

    return check


def _schedule(clients: Clients, resource: ProbedResource) -> object:
    group = resource.value("GroupName") if "GroupName" in resource.properties else "default"
    return clients("scheduler").get_schedule(Name=resource.physical_id, GroupName=group)


def _association(clients: Clients, resource: ProbedResource) -> object:
    name = "association.route-table-association-id"
    filters = [{"Name": name, "Values": [resource.physical_id]}]
    return clients("ec2").describe_route_tables(Filters=filters)["RouteTables"]


def _range(clients: Clients, resource: ProbedResource) -> object:
    (vpc,) = clients("ec2").describe_vpcs(VpcIds=[resource.value("VpcId")])["Vpcs"]
    return any(
        found["AssociationId"] == resource.physical_id
        and found["CidrBlockState"]["State"] == "associated"
        for found in vpc["CidrBlockAssociationSet"]
    )


def _route(clients: Clients, resource: ProbedResource) -> object:
    table, destination = resource.physical_id.split("|")
    found = clients("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return any(route.get("DestinationCidrBlock") == destination for route in found[0]["Routes"])


def _attachment(clients: Clients, resource: ProbedResource) -> object:
    vpc = resource.physical_id.partition("|")[2]
    filters = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    return clients("ec2").describe_internet_gateways(Filters=filters)["InternetGateways"]


def _address(clients: Clients, resource: ProbedResource) -> object:
    return clients("ec2").describe_addresses(PublicIps=[resource.physical_id])["Addresses"]


def _flow_log(clients: Clients, resource: ProbedResource) -> object:
    return clients("ec2").describe_flow_logs(FlowLogIds=[resource.physical_id])["FlowLogs"]


def _alias(clients: Clients, resource: ProbedResource) -> object:
    pages = clients("kms").get_paginator("list_aliases").paginate()
    names = {alias["AliasName"] for page in pages for alias in page["Aliases"]}
    return resource.physical_id in names


def _inline_policy(clients: Clients, resource: ProbedResource) -> object:
    for role in resource.value("Roles"):
        name = _imported(clients, role) if isinstance(role, dict) else role
        clients("iam").get_role_policy(RoleName=name, PolicyName=resource.physical_id)
    return True


def _imported(clients: Clients, value: Mapping[str, str]) -> str:
    """Return the value of an import: a policy may belong to a role of another stack."""
    pages = clients("cloudformation").get_paginator("list_exports").paginate()
    exports = {export["Name"]: export["Value"] for page in pages for export in page["Exports"]}
    return str(exports[value["Fn::ImportValue"]])


def _glue_table(clients: Clients, resource: ProbedResource) -> object:
    database = resource.value("DatabaseName")
    return clients("glue").get_table(DatabaseName=database, Name=resource.physical_id)


def _log_group(clients: Clients, resource: ProbedResource) -> object:
    found = clients("logs").describe_log_groups(logGroupNamePrefix=resource.physical_id)
    return any(group["logGroupName"] == resource.physical_id for group in found["logGroups"])


def _permission(clients: Clients, resource: ProbedResource) -> object:
    shown = clients("lambda").get_policy(FunctionName=resource.value("FunctionName"))
    statements = json.loads(shown["Policy"])["Statement"]
    return any(statement["Sid"] == resource.physical_id for statement in statements)


def _queue_policy(clients: Clients, resource: ProbedResource) -> object:
    return all(
        clients("sqs")
        .get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
        .get("Attributes", {})
        .get("Policy")
        for url in resource.value("Queues")
    )


def _topic_policy(clients: Clients, resource: ProbedResource) -> object:
    return all(
        clients("sns").get_topic_attributes(TopicArn=arn)["Attributes"].get("Policy")
        for arn in resource.value("Topics")
    )


def _package_group(clients: Clients, resource: ProbedResource) -> object:
    name = resource.physical_id.rpartition("/")[2]
    return clients("sagemaker").describe_model_package_group(ModelPackageGroupName=name)


def _user_profile(clients: Clients, resource: ProbedResource) -> object:
    domain = resource.value("DomainId")
    return clients("sagemaker").describe_user_profile(
        DomainId=domain, UserProfileName=resource.physical_id
    )


def _alarm(clients: Clients, resource: ProbedResource) -> object:
    return clients("cloudwatch").describe_alarms(AlarmNames=[resource.physical_id])["MetricAlarms"]


def _budget(clients: Clients, resource: ProbedResource) -> object:
    account = clients("sts").get_caller_identity()["Account"]
    return clients("budgets").describe_budget(AccountId=account, BudgetName=resource.physical_id)


def _repository(clients: Clients, resource: ProbedResource) -> object:
    return clients("ecr").describe_repositories(repositoryNames=[resource.physical_id])


def _project(clients: Clients, resource: ProbedResource) -> object:
    return clients("codebuild").batch_get_projects(names=[resource.physical_id])["projects"]


PROBES: Mapping[str, Probe] = {
    "AWS::Athena::WorkGroup": _call("athena", "get_work_group", "WorkGroup"),
    "AWS::Budgets::Budget": _budget,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _call("cloudwatch", "get_dashboard", "DashboardName"),
    "AWS::CodeBuild::Project": _project,
    "AWS::EC2::EIP": _address,
    "AWS::EC2::FlowLog": _flow_log,
    "AWS::EC2::InternetGateway": _ec2("describe_internet_gateways", "InternetGatewayIds"),
    "AWS::EC2::NatGateway": _ec2("describe_nat_gateways", "NatGatewayIds"),
    "AWS::EC2::Route": _route,
    "AWS::EC2::RouteTable": _ec2("describe_route_tables", "RouteTableIds"),
    "AWS::EC2::SecurityGroup": _ec2("describe_security_groups", "GroupIds"),
    "AWS::EC2::SecurityGroupEgress": _ec2("describe_security_group_rules", "SecurityGroupRuleIds"),
    "AWS::EC2::SecurityGroupIngress": _ec2("describe_security_group_rules", "SecurityGroupRuleIds"),
    "AWS::EC2::Subnet": _ec2("describe_subnets", "SubnetIds"),
    "AWS::EC2::SubnetRouteTableAssociation": _association,
    "AWS::EC2::VPC": _ec2("describe_vpcs", "VpcIds"),
    "AWS::EC2::VPCCidrBlock": _range,
    "AWS::EC2::VPCEndpoint": _ec2("describe_vpc_endpoints", "VpcEndpointIds"),
    "AWS::EC2::VPCGatewayAttachment": _attachment,
    "AWS::ECR::Repository": _repository,
    "AWS::Events::Rule": _call("events", "describe_rule", "Name"),
    "AWS::Glue::Crawler": _call("glue", "get_crawler", "Name"),
    "AWS::Glue::Database": _call("glue", "get_database", "Name"),
    "AWS::Glue::Table": _glue_table,
    "AWS::IAM::InstanceProfile": _call("iam", "get_instance_profile", "InstanceProfileName"),
    "AWS::IAM::ManagedPolicy": _call("iam", "get_policy", "PolicyArn"),
    "AWS::IAM::Policy": _inline_policy,
    "AWS::IAM::Role": _call("iam", "get_role", "RoleName"),
    "AWS::KMS::Alias": _alias,
    "AWS::KMS::Key": _call("kms", "describe_key", "KeyId"),
    "AWS::Lambda::EventSourceMapping": _call("lambda", "get_event_source_mapping", "UUID"),
    "AWS::Lambda::Function": _call("lambda", "get_function", "FunctionName"),
    "AWS::Lambda::Permission": _permission,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::Redshift::Cluster": _call("redshift", "describe_clusters", "ClusterIdentifier"),
    "AWS::Redshift::ClusterParameterGroup": _call(
        "redshift", "describe_cluster_parameter_groups", "ParameterGroupName"
    ),
    "AWS::Redshift::ClusterSubnetGroup": _call(
        "redshift", "describe_cluster_subnet_groups", "ClusterSubnetGroupName"
    ),
    "AWS::Redshift::ScheduledAction": _call(
        "redshift", "describe_scheduled_actions", "ScheduledActionName"
    ),
    "AWS::RedshiftServerless::Namespace": _call(
        "redshift-serverless", "get_namespace", "namespaceName"
    ),
    "AWS::RedshiftServerless::Workgroup": _call(
        "redshift-serverless", "get_workgroup", "workgroupName"
    ),
    "AWS::S3::Bucket": _call("s3", "head_bucket", "Bucket"),
    "AWS::S3::BucketPolicy": _call("s3", "get_bucket_policy", "Bucket"),
    "AWS::SNS::Subscription": _call("sns", "get_subscription_attributes", "SubscriptionArn"),
    "AWS::SNS::Topic": _call("sns", "get_topic_attributes", "TopicArn"),
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::Scheduler::Schedule": _schedule,
    "AWS::Scheduler::ScheduleGroup": _call("scheduler", "get_schedule_group", "Name"),
    "AWS::SQS::Queue": _call("sqs", "get_queue_attributes", "QueueUrl"),
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::SSM::Parameter": _call("ssm", "get_parameter", "Name"),
    "AWS::SageMaker::Domain": _call("sagemaker", "describe_domain", "DomainId"),
    "AWS::SageMaker::StudioLifecycleConfig": _call(
        "sagemaker", "describe_studio_lifecycle_config", "StudioLifecycleConfigName"
    ),
    "AWS::SageMaker::UserProfile": _user_profile,
    "AWS::SageMaker::FeatureGroup": _call(
        "sagemaker", "describe_feature_group", "FeatureGroupName"
    ),
    "AWS::SageMaker::ModelPackageGroup": _package_group,
    "AWS::SageMaker::Pipeline": _call("sagemaker", "describe_pipeline", "PipelineName"),
}
