"""Each resource type: creation with tags, description by its service, update, deletion."""

from __future__ import annotations

import json

import pytest

from local_cloud.client import read_permissions
from local_cloud.context import ACCOUNT_ID
from local_cloud.deployment.assembly import StackArtifact
from local_cloud.deployment.resource_probes import NOTHING_TO_DESCRIBE, PROBES
from local_cloud.deployment.verify_deployment import deployment_problems
from local_cloud.resources.type_registry import INERT, types

TAGS = [{"Key": "Project", "Value": "test"}]
NEW_TAGS = [{"Key": "Project", "Value": "changed"}]
ACCOUNT = {"Ref": "AWS::AccountId"}
ALL_OUT = {"CidrIp": "0.0.0.0/0", "IpProtocol": "-1", "Description": "out"}
ALERT = {
    "Notification": {
        "NotificationType": "FORECASTED",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": 100,
        "ThresholdType": "PERCENTAGE",
    },
    "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "a@example.com"}],
}
PARAMETERS = [{"Name": "Size", "Value": "small"}]


def ref(name):
    return {"Ref": name}


def arn(name):
    return {"Fn::GetAtt": [name, "Arn"]}


def statement(action, resource="*", **principal):
    allowed = {"Effect": "Allow", "Action": action, "Resource": resource, **principal}
    return {"Version": "2012-10-17", "Statement": [allowed]}


def trusted(*services):
    policy = statement("sts:AssumeRole", Principal={"Service": list(services)})
    del policy["Statement"][0]["Resource"]
    return policy


def features(names):
    return [{"FeatureName": name, "FeatureType": "String"} for name in names]


def network(tags):
    return {
        "Vpc": ("EC2::VPC", {"CidrBlock": "10.1.0.0/16", "EnableDnsHostnames": True, "Tags": tags}),
        "Range": ("EC2::VPCCidrBlock", {"VpcId": ref("Vpc"), "CidrBlock": "10.2.0.0/16"}),
        "Subnet": (
            "EC2::Subnet",
            {
                "VpcId": ref("Vpc"),
                "CidrBlock": "10.1.0.0/24",
                "AvailabilityZone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]},
                "Tags": tags,
            },
        ),
        "OtherSubnet": (
            "EC2::Subnet",
            {
                "VpcId": ref("Vpc"),
                "CidrBlock": "10.1.1.0/24",
                "AvailabilityZoneId": "use1-az2",
                "Tags": tags,
            },
        ),
        "Gateway": ("EC2::InternetGateway", {"Tags": tags}),
        "Attachment": (
            "EC2::VPCGatewayAttachment",
            {"VpcId": ref("Vpc"), "InternetGatewayId": ref("Gateway")},
        ),
        "Address": ("EC2::EIP", {"Domain": "vpc", "Tags": tags}),
        "Nat": (
            "EC2::NatGateway",
            {
                "SubnetId": ref("Subnet"),
                "AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]},
                "Tags": tags,
            },
        ),
        "Table": ("EC2::RouteTable", {"VpcId": ref("Vpc"), "Tags": tags}),
        "Route": (
            "EC2::Route",
            {
                "RouteTableId": ref("Table"),
                "DestinationCidrBlock": "0.0.0.0/0",
                "NatGatewayId": ref("Nat"),
            },
        ),
        "Association": (
            "EC2::SubnetRouteTableAssociation",
            {"RouteTableId": ref("Table"), "SubnetId": ref("Subnet")},
        ),
        "Group": (
            "EC2::SecurityGroup",
            {
                "GroupDescription": "jobs",
                "VpcId": ref("Vpc"),
                "SecurityGroupEgress": [ALL_OUT],
                "Tags": tags,
            },
        ),
        "Ingress": (
            "EC2::SecurityGroupIngress",
            {
                "GroupId": {"Fn::GetAtt": ["Group", "GroupId"]},
                "IpProtocol": "tcp",
                "FromPort": 5439,
                "ToPort": 5439,
                "SourceSecurityGroupId": {"Fn::GetAtt": ["Group", "GroupId"]},
                "Description": "warehouse",
            },
        ),
        "Egress": (
            "EC2::SecurityGroupEgress",
            {
                "GroupId": ref("Group"),
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "CidrIp": "10.1.0.0/16",
            },
        ),
        "S3Endpoint": (
            "EC2::VPCEndpoint",
            {
                "VpcId": ref("Vpc"),
                "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
                "VpcEndpointType": "Gateway",
                "RouteTableIds": [ref("Table")],
                "Tags": tags,
            },
        ),
        "LogsEndpoint": (
            "EC2::VPCEndpoint",
            {
                "VpcId": ref("Vpc"),
                "ServiceName": "com.amazonaws.us-east-1.logs",
                "VpcEndpointType": "Interface",
                "PrivateDnsEnabled": True,
                "SubnetIds": [ref("Subnet")],
                "SecurityGroupIds": [ref("Group")],
                "Tags": tags,
            },
        ),
        "FlowLog": (
            "EC2::FlowLog",
            {
                "ResourceId": ref("Vpc"),
                "ResourceType": "VPC",
                "TrafficType": "REJECT",
                "LogDestinationType": "cloud-watch-logs",
                "LogGroupName": ref("Logs"),
                "DeliverLogsPermissionArn": arn("Role"),
                "Tags": tags,
            },
        ),
    }


def data(tags, nodes):
    return {
        "Key": (
            "KMS::Key",
            {"KeyPolicy": statement("kms:*"), "EnableKeyRotation": True, "Tags": tags},
        ),
        "Alias": ("KMS::Alias", {"AliasName": "alias/test", "TargetKeyId": ref("Key")}),
        "Bucket": (
            "S3::Bucket",
            {
                "BucketName": "lake-of-types",
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        {
                            "BucketKeyEnabled": True,
                            "ServerSideEncryptionByDefault": {
                                "SSEAlgorithm": "aws:kms",
                                "KMSMasterKeyID": arn("Key"),
                            },
                        }
                    ]
                },
                "LifecycleConfiguration": {
                    "Rules": [
                        {
                            "Id": "runs",
                            "Status": "Enabled",
                            "Prefix": "runs/",
                            "ExpirationInDays": nodes,
                            "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
                            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                        }
                    ]
                },
                "LoggingConfiguration": {"LogFilePrefix": "logs/"},
                "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
                "PublicAccessBlockConfiguration": {"BlockPublicAcls": True},
                "VersioningConfiguration": {"Status": "Enabled"},
                "Tags": tags,
            },
        ),
        "BucketPolicy": (
            "S3::BucketPolicy",
            {
                "Bucket": ref("Bucket"),
                "PolicyDocument": statement("s3:*", arn("Bucket"), Principal={"AWS": "*"}),
            },
        ),
        "Subnets": (
            "Redshift::ClusterSubnetGroup",
            {"Description": "private", "SubnetIds": [ref("Subnet")], "Tags": tags},
        ),
        "Parameters": (
            "Redshift::ClusterParameterGroup",
            {
                "Description": "tls",
                "ParameterGroupFamily": "redshift-1.0",
                "Parameters": [{"ParameterName": "require_ssl", "ParameterValue": "true"}],
                "Tags": tags,
            },
        ),
        "Cluster": (
            "Redshift::Cluster",
            {
                "ClusterIdentifier": "warehouse",
                "ClusterType": "multi-node",
                "NodeType": "ra3.large",
                "NumberOfNodes": nodes,
                "DBName": "redline",
                "MasterUsername": "admin_user",
                "ManageMasterPassword": True,
                "MasterPasswordSecretKmsKeyId": ref("Key"),
                "ClusterSubnetGroupName": ref("Subnets"),
                "ClusterParameterGroupName": ref("Parameters"),
                "VpcSecurityGroupIds": [ref("Group")],
                "IamRoles": [arn("Role")],
                "Encrypted": True,
                "KmsKeyId": ref("Key"),
                "LoggingProperties": {"BucketName": ref("Bucket"), "S3KeyPrefix": "audit/"},
                "Tags": tags,
            },
        ),
        "Pause": (
            "Redshift::ScheduledAction",
            {
                "ScheduledActionName": "pause",
                "IamRole": arn("Role"),
                "Schedule": f"cron(0 {18 + nodes} ? * * *)",
                "TargetAction": {"PauseCluster": {"ClusterIdentifier": ref("Cluster")}},
            },
        ),
        "Namespace": (
            "RedshiftServerless::Namespace",
            {
                "NamespaceName": "serverless",
                "DbName": "redline",
                "AdminUsername": "admin_user",
                "ManageAdminPassword": True,
                "AdminPasswordSecretKmsKeyId": ref("Key"),
                "IamRoles": [arn("Role")],
                "KmsKeyId": ref("Key"),
                "Tags": tags,
            },
        ),
        "Workgroup": (
            "RedshiftServerless::Workgroup",
            {
                "WorkgroupName": "serverless",
                "NamespaceName": ref("Namespace"),
                "BaseCapacity": 8,
                "SubnetIds": [ref("Subnet"), ref("OtherSubnet")],
                "SecurityGroupIds": [ref("Group")],
                "PubliclyAccessible": False,
                "Tags": tags,
            },
        ),
    }


def access(tags):
    return {
        "Role": (
            "IAM::Role",
            {
                "AssumeRolePolicyDocument": trusted(
                    *("lambda.amazonaws.com", "events.amazonaws.com", "sagemaker.amazonaws.com"),
                    "glue.amazonaws.com",
                ),
                "Policies": [{"PolicyName": "inline", "PolicyDocument": statement("s3:Get*")}],
                "ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
                "Tags": tags,
            },
        ),
        "InstanceProfile": ("IAM::InstanceProfile", {"Roles": [ref("Role")]}),
        "Policy": (
            "IAM::Policy",
            {
                "PolicyName": "more",
                "PolicyDocument": statement("s3:Put*"),
                "Roles": [ref("Role")],
            },
        ),
        "Managed": (
            "IAM::ManagedPolicy",
            {"PolicyDocument": statement("sqs:*"), "Roles": [ref("Role")], "Tags": tags},
        ),
        "Queries": (
            "Athena::WorkGroup",
            {
                "Name": "queries",
                "WorkGroupConfiguration": {
                    "ResultConfiguration": {"OutputLocation": "s3://results/x/"}
                },
                "Tags": tags,
            },
        ),
        "Catalogue": ("Glue::Database", {"CatalogId": ACCOUNT, "DatabaseInput": {"Name": "lake"}}),
        "Calls": (
            "Glue::Table",
            {
                "CatalogId": ACCOUNT,
                "DatabaseName": ref("Catalogue"),
                "TableInput": {"Name": "calls", "Description": tags[0]["Value"]},
            },
        ),
        "Crawler": (
            "Glue::Crawler",
            {
                "Role": arn("Role"),
                "DatabaseName": ref("Catalogue"),
                "Targets": {"S3Targets": [{"Path": "s3://types/"}]},
                "Schedule": {"ScheduleExpression": f"cron(0 {len(tags[0]['Value'])} * * ? *)"},
                "Tags": {each["Key"]: each["Value"] for each in tags},
            },
        ),
        "Budget": (
            "Budgets::Budget",
            {
                "Budget": {
                    "BudgetType": "COST",
                    "TimeUnit": "MONTHLY",
                    "BudgetLimit": {"Amount": len(tags[0]["Value"]), "Unit": "USD"},
                },
                "NotificationsWithSubscribers": [ALERT],
                "ResourceTags": tags,
            },
        ),
        "Parameter": ("SSM::Parameter", {"Name": "/test", "Type": "String", "Value": "1"}),
        "Repository": (
            "ECR::Repository",
            {
                "RepositoryName": "images",
                "ImageTagMutability": "IMMUTABLE",
                "ImageScanningConfiguration": {"ScanOnPush": True},
                "EncryptionConfiguration": {"EncryptionType": "KMS", "KmsKey": arn("Key")},
                "EmptyOnDelete": True,
                "Tags": tags,
            },
        ),
        "Project": (
            "CodeBuild::Project",
            {
                "Name": "images",
                "ServiceRole": arn("Role"),
                "Artifacts": {"Type": "NO_ARTIFACTS"},
                "Source": {"Type": "S3", "Location": "bucket/key.zip", "BuildSpec": "{}"},
                "Environment": {
                    "Type": "LINUX_CONTAINER",
                    "ComputeType": "BUILD_GENERAL1_SMALL",
                    "Image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
                    "EnvironmentVariables": [{"Name": "A", "Value": tags[0]["Value"]}],
                },
                "TimeoutInMinutes": 5,
                "Tags": tags,
            },
        ),
    }


def work(tags):
    function = {
        "Code": {"ZipFile": "def handler(event, context):\n    return event\n"},
        "Handler": "index.handler",
        "Runtime": "python3.12",
        "Role": arn("Role"),
        "Environment": {"Variables": {"A": tags[0]["Value"]}},
        "LoggingConfig": {"LogGroup": ref("Logs")},
        "Tags": tags,
    }
    step = {"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}
    pipeline = json.dumps({"Version": "2020-12-01", "Parameters": [], "Steps": [step]})
    target = {
        "Id": "pipeline",
        "Arn": {"Fn::Sub": "arn:aws:sagemaker:${AWS::Region}:${AWS::AccountId}:pipeline/types"},
        "RoleArn": arn("Role"),
        "SageMakerPipelineParameters": {"PipelineParameterList": PARAMETERS},
        "DeadLetterConfig": {"Arn": arn("Queue")},
    }
    return {
        "Logs": ("Logs::LogGroup", {"RetentionInDays": 7, "Tags": tags}),
        "Function": ("Lambda::Function", function),
        "Permission": (
            "Lambda::Permission",
            {
                "Action": "lambda:InvokeFunction",
                "FunctionName": arn("Function"),
                "Principal": "events.amazonaws.com",
            },
        ),
        "Mapping": (
            "Lambda::EventSourceMapping",
            {"EventSourceArn": arn("Queue"), "FunctionName": ref("Function"), "Tags": tags},
        ),
        "Queue": ("SQS::Queue", {"MessageRetentionPeriod": 1209600, "Tags": tags}),
        "QueuePolicy": (
            "SQS::QueuePolicy",
            {
                "Queues": [ref("Queue")],
                "PolicyDocument": statement("sqs:*", arn("Queue"), Principal={"AWS": "*"}),
            },
        ),
        "Topic": ("SNS::Topic", {"DisplayName": "alerts", "Tags": tags}),
        "TopicPolicy": (
            "SNS::TopicPolicy",
            {
                "Topics": [ref("Topic")],
                "PolicyDocument": statement("sns:Publish", ref("Topic"), Principal={"AWS": "*"}),
            },
        ),
        "Subscription": (
            "SNS::Subscription",
            {"TopicArn": ref("Topic"), "Protocol": "sqs", "Endpoint": arn("Queue")},
        ),
        "Alarm": (
            "CloudWatch::Alarm",
            {
                "ComparisonOperator": "GreaterThanThreshold",
                "EvaluationPeriods": 1,
                "MetricName": "ApproximateNumberOfMessagesVisible",
                "Namespace": "AWS/SQS",
                "Period": 60,
                "Statistic": "Maximum",
                "Threshold": 0,
                "AlarmActions": [ref("Topic")],
                "Tags": tags,
            },
        ),
        "Group2": (
            "SageMaker::ModelPackageGroup",
            {"ModelPackageGroupName": "types", "Tags": tags},
        ),
        "Start": (
            "SageMaker::StudioLifecycleConfig",
            {
                "StudioLifecycleConfigName": "start",
                "StudioLifecycleConfigAppType": "JupyterLab",
                "StudioLifecycleConfigContent": {"Fn::Base64": "true"},
                "Tags": tags,
            },
        ),
        "Domain": (
            "SageMaker::Domain",
            {
                "DomainName": "types",
                "AuthMode": "IAM",
                "AppNetworkAccessType": "VpcOnly",
                "HomeEfsFileSystemCreation": "Disabled",
                "VpcId": ref("Vpc"),
                "SubnetIds": [ref("Subnet")],
                "DefaultUserSettings": {
                    "ExecutionRole": arn("Role"),
                    "SecurityGroups": [{"Fn::GetAtt": ["Group", "GroupId"]}],
                    "DefaultLandingUri": f"studio::{tags[0]['Value']}",
                    "JupyterLabAppSettings": {
                        "LifecycleConfigArns": [
                            {"Fn::GetAtt": ["Start", "StudioLifecycleConfigArn"]}
                        ],
                    },
                },
                "Tags": tags,
            },
        ),
        "Profile": (
            "SageMaker::UserProfile",
            {"DomainId": ref("Domain"), "UserProfileName": "ada", "Tags": tags},
        ),
        "Features": (
            "SageMaker::FeatureGroup",
            {
                "FeatureGroupName": "types",
                "RecordIdentifierFeatureName": "venue",
                "EventTimeFeatureName": "seen",
                # Tags, as most properties, cannot change.
                "FeatureDefinitions": features(
                    ["venue", "seen", *(["city"] if tags == NEW_TAGS else [])]
                ),
                "OnlineStoreConfig": {
                    "EnableOnlineStore": True,
                    "TtlDuration": {"Unit": "Days", "Value": len(tags[0]["Value"])},
                },
            },
        ),
        "Pipeline": (
            "SageMaker::Pipeline",
            {
                "PipelineName": "types",
                "PipelineDefinition": {"PipelineDefinitionBody": pipeline},
                "RoleArn": arn("Role"),
                "Tags": tags,
            },
        ),
        "Dashboard": (
            "CloudWatch::Dashboard",
            {"DashboardName": "types", "DashboardBody": '{"widgets": []}', "Tags": tags},
        ),
        "ScheduleGroup": ("Scheduler::ScheduleGroup", {"Name": "nightly", "Tags": tags}),
        "Schedule": (
            "Scheduler::Schedule",
            {
                "Name": "nightly",
                "GroupName": ref("ScheduleGroup"),
                "ScheduleExpression": "cron(0 3 * * ? *)",
                "ScheduleExpressionTimezone": "Europe/Berlin",
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": {
                    "Arn": {
                        "Fn::Sub": "arn:aws:sagemaker:us-east-1:${AWS::AccountId}:pipeline/none"
                    },
                    "RoleArn": arn("Role"),
                    "RetryPolicy": {"MaximumRetryAttempts": 185},
                },
            },
        ),
        "Rule": (
            "Events::Rule",
            {
                "ScheduleExpression": "cron(0 6 * * ? *)",
                "State": "DISABLED",
                "Targets": [target],
                "Tags": tags,
            },
        ),
    }


def template(tags=TAGS, nodes=2):
    every = {**network(tags), **data(tags, nodes), **access(tags), **work(tags)}
    return {
        name: {"Type": f"AWS::{kind}", "Properties": properties}
        for name, (kind, properties) in every.items()
    }


@pytest.fixture(scope="module")
def deployed(stacks):
    assert stacks.create("types", template()) == "CREATE_COMPLETE", stacks.reason("types")
    return stacks.ids("types")


def problems(cloud):
    stack = StackArtifact(name="types", region="us-east-1", template={"Resources": template()})
    return deployment_problems(cloud, (stack,))


def test_the_template_has_every_type():
    used = {resource["Type"] for resource in template().values()}
    assert used == set(types()) - {"Custom::"}


def test_every_type_has_a_check_or_a_reason_for_none():
    assert set(types()) | set(INERT) == set(PROBES) | set(NOTHING_TO_DESCRIBE)


def test_every_type_is_described_by_its_service(deployed, cloud):
    assert problems(cloud) == []


def test_the_report_of_permissions_has_every_type(deployed, cloud):
    reported = read_permissions(cloud)["resources"]
    assert {f"types/{name}" for name in template()} <= set(reported)


def test_the_admin_password_is_generated_and_kept_in_a_secret(deployed, cloud):
    cluster = cloud.client("redshift").describe_clusters()["Clusters"][0]
    secret = cloud.client("secretsmanager").get_secret_value(
        SecretId=cluster["MasterPasswordSecretArn"]
    )
    kept = json.loads(secret["SecretString"])
    assert kept["username"] == "admin_user"
    assert len(kept["password"]) >= 16


def test_parameters_of_a_group_are_described(deployed, cloud):
    shown = cloud.client("redshift").describe_cluster_parameters(
        ParameterGroupName=deployed["Parameters"]
    )
    values = {item["ParameterName"]: item["ParameterValue"] for item in shown["Parameters"]}
    assert values["require_ssl"] == "true"


def test_a_bucket_is_configured_as_its_template_says(deployed, cloud):
    s3, bucket = cloud.client("s3"), "lake-of-types"
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert rules[0]["Expiration"] == {"Days": 2}
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]["TargetBucket"] == bucket
    assert s3.get_public_access_block(Bucket=bucket)
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == TAGS


def test_a_group_has_the_egress_rules_of_its_template(deployed, cloud):
    groups = cloud.client("ec2").describe_security_groups(GroupIds=[deployed["Group"]])
    egress = groups["SecurityGroups"][0]["IpPermissionsEgress"]
    assert {rule["IpProtocol"] for rule in egress} == {"-1", "tcp"}


def test_an_update_of_everything_happens_in_place(deployed, stacks, cloud):
    changed = template(tags=NEW_TAGS, nodes=3)
    assert stacks.update("types", changed) == "UPDATE_COMPLETE", stacks.reason("types")
    assert stacks.ids("types") == deployed
    assert problems(cloud) == []
    cluster = cloud.client("redshift").describe_clusters()["Clusters"][0]
    assert cluster["NumberOfNodes"] == 3
    (action,) = cloud.client("redshift").describe_scheduled_actions()["ScheduledActions"]
    assert action["Schedule"] == "cron(0 21 ? * * *)"
    assert cluster["Tags"] == NEW_TAGS
    group = cloud.client("sagemaker").describe_feature_group(FeatureGroupName="types")
    assert group["FeatureDefinitions"] == features(["venue", "seen", "city"])
    assert group["OnlineStoreConfig"]["TtlDuration"] == {"Unit": "Days", "Value": 7}
    (project,) = cloud.client("codebuild").batch_get_projects(names=["images"])["projects"]
    assert project["environment"]["environmentVariables"] == [{"name": "A", "value": "changed"}]
    domain = cloud.client("sagemaker").describe_domain(DomainId=deployed["Domain"])
    assert domain["DefaultUserSettings"]["DefaultLandingUri"] == "studio::changed"
    tags = cloud.client("kms").list_resource_tags(KeyId=deployed["Key"])["Tags"]
    assert tags == [{"TagKey": "Project", "TagValue": "changed"}]
    vpc = cloud.client("ec2").describe_vpcs(VpcIds=[deployed["Vpc"]])["Vpcs"][0]
    assert vpc["Tags"] == NEW_TAGS
    (budget,) = cloud.client("budgets").describe_budgets(AccountId=ACCOUNT_ID)["Budgets"]
    assert budget["BudgetLimit"] == {"Amount": str(len("changed")), "Unit": "USD"}


def test_everything_can_be_deleted(deployed, stacks, cloud):
    stack_id = stacks.client.describe_stacks(StackName="types")["Stacks"][0]["StackId"]
    stacks.client.delete_stack(StackName="types")
    assert stacks.status(stack_id) == "DELETE_COMPLETE"
    assert cloud.client("redshift").describe_clusters()["Clusters"] == []
    assert cloud.client("secretsmanager").list_secrets()["SecretList"] == []
    assert cloud.client("s3").list_buckets()["Buckets"] == []
    assert [v for v in cloud.client("ec2").describe_vpcs()["Vpcs"] if not v["IsDefault"]] == []
    assert problems(cloud)[0].startswith("types: ")
