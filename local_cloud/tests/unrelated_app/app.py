"""A CDK app that is independent of this project.

A function sends a message to a queue every hour. A pipeline counts the files in a bucket.
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sqs as sqs
from constructs import Construct

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"
WORK = "/opt/ml/processing"


class Counting(cdk.Stack):
    """Resources of five services."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        bucket = s3.Bucket(self, "Bucket", removal_policy=cdk.RemovalPolicy.DESTROY)
        queue = sqs.Queue(self, "Queue")
        self._fill_every_hour(queue)
        self._count(bucket)
        cdk.CfnOutput(self, "BucketName", value=bucket.bucket_name)
        cdk.CfnOutput(self, "QueueUrl", value=queue.queue_url)

    def _fill_every_hour(self, queue: sqs.Queue) -> None:
        function = lambda_.Function(
            self,
            "Fill",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="fill.handler",
            code=lambda_.Code.from_asset("functions"),
            environment={"QUEUE_URL": queue.queue_url},
        )
        queue.grant_send_messages(function)
        events.Rule(
            self,
            "Hourly",
            rule_name="hourly",
            schedule=events.Schedule.rate(cdk.Duration.hours(1)),
            targets=[targets.LambdaFunction(function)],
        )

    def _count(self, bucket: s3.Bucket) -> None:
        script = assets.Asset(self, "Script", path="scripts/count.py")
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
        bucket.grant_read_write(role)
        script.grant_read(role)
        actions = ["ecr:*", "iam:PassRole", "logs:*", "sagemaker:*"]
        role.add_to_policy(iam.PolicyStatement(actions=actions, resources=["*"]))
        pipeline = sagemaker.CfnPipeline(
            self,
            "Pipeline",
            pipeline_name="counting",
            role_arn=role.role_arn,
            pipeline_definition={
                "PipelineDefinitionBody": self.to_json_string(
                    definition(bucket.bucket_name, script.s3_object_url, role.role_arn)
                )
            },
        )
        pipeline.node.add_dependency(role)


def definition(bucket: str, script: str, role: str) -> dict[str, object]:
    """Return a definition that counts, or fails if the parameter Refuse is `yes`."""
    wanted = {"Get": "Parameters.Refuse"}
    refuse = {"Type": "Equals", "LeftValue": wanted, "RightValue": "yes"}
    message = {"ErrorMessage": "asked to refuse"}
    condition = {
        "Conditions": [refuse],
        "IfSteps": [{"Name": "Refuse", "Type": "Fail", "Arguments": message}],
        "ElseSteps": [
            {"Name": "Count", "Type": "Processing", "Arguments": counting(bucket, script, role)}
        ],
    }
    return {
        "Version": "2020-12-01",
        "Parameters": [{"Name": "Refuse", "Type": "String", "DefaultValue": "no"}],
        "Steps": [{"Name": "Choose", "Type": "Condition", "Arguments": condition}],
    }


def counting(bucket: str, script: str, role: str) -> dict[str, object]:
    """Return the request of the processing job."""
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5}
    return {
        "RoleArn": role,
        "AppSpecification": {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["bash", "-c", f"python3 {WORK}/input/code/*"],
        },
        "ProcessingResources": {"ClusterConfig": cluster},
        "ProcessingInputs": [
            given("code", script),
            given("rows", f"s3://{bucket}/rows/"),
        ],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "count",
                    "S3Output": {
                        "S3Uri": f"s3://{bucket}/count",
                        "LocalPath": f"{WORK}/output/count",
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ]
        },
    }


def given(name: str, uri: str) -> dict[str, object]:
    """Return an input of a job, which is downloaded before the job starts."""
    source = {"S3Uri": uri, "LocalPath": f"{WORK}/input/{name}"}
    return {
        "InputName": name,
        "S3Input": source | {"S3DataType": "S3Prefix", "S3InputMode": "File"},
    }


app = cdk.App()
# This app selects its environment with the context key `stage`, unlike the app of this project.
Counting(app, f"counting-{app.node.get_context('stage')}")
app.synth()
