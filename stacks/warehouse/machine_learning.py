"""Redshift ML: a bucket and a role with which the warehouse trains and calls models.

docs/decisions/0052-redshift-ml-has-a-bucket-of-its-own.md
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.common.acknowledge import acknowledge_wildcards
from stacks.common.inline_policy import inline_policy
from stacks.common.service_trust import sagemaker
from stacks.config import Retention
from stacks.lake.bucket_emptier import BucketEmptier
from stacks.lake.lake_buckets import training_bucket

# The resources of Redshift ML that the managed policy AmazonRedshiftAllCommandsFullAccess names:
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonRedshiftAllCommandsFullAccess.html
_JOBS = {
    "training-job": ("CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob"),
    "automl-job": (
        *("CreateAutoMLJob", "DescribeAutoMLJob", "ListCandidatesForAutoMLJob"),
        "StopAutoMLJob",
    ),
    "compilation-job": ("CreateCompilationJob", "DescribeCompilationJob", "StopCompilationJob"),
    "processing-job": ("CreateProcessingJob", "DescribeProcessingJob", "StopProcessingJob"),
    "transform-job": ("CreateTransformJob", "DescribeTransformJob", "StopTransformJob"),
    "hyper-parameter-tuning-job": (
        *("CreateHyperParameterTuningJob", "DescribeHyperParameterTuningJob"),
        "StopHyperParameterTuningJob",
    ),
    "model": ("CreateModel", "DescribeModel", "DeleteModel"),
}
# https://docs.aws.amazon.com/redshift/latest/dg/getting-started-machine-learning.html
_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_LOG = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
)
# The same page, for a cluster with enhanced VPC routing.
_NETWORK = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
    "ec2:ModifyNetworkInterfaceAttribute",
)
_KEY = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
)


class MachineLearning(Construct):
    """The role of CREATE MODEL, and the only bucket to which the role has access.

    `users` is the principal of the warehouse's database users. `endpoints` are the endpoints that
    functions for remote inference may call.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        users: iam.IPrincipal,
        endpoints: str,
        key: kms.IKey,
        logs: s3.IBucket,
        retention: Retention,
    ) -> None:
        super().__init__(scope, name)
        self.bucket = training_bucket(self, "Bucket", key=key, logs=logs, retention=retention)
        if retention.removal == "destroy":
            emptier = BucketEmptier(self, "BucketEmptier", key=key, retention=retention)
            emptier.empty_on_delete(self.bucket)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.CompositePrincipal(users, sagemaker(self)),
            description="CREATE MODEL: train models of Redshift ML and call endpoints",
        )
        statements = [*_storage(self.bucket, key), *self._training(), self._inference(endpoints)]
        policy = inline_policy(self, "Policy", roles=[self.role], statements=statements)
        acknowledge_wildcards(
            policy,
            [each for statement in statements for each in statement.resources],
            "Redshift names the objects and the jobs of its models, and SageMaker their images, "
            "logs and network interfaces (enhanced VPC routing).",
        )

    def _training(self) -> list[iam.PolicyStatement]:
        stack = cdk.Stack.of(self)
        return [
            *(
                iam.PolicyStatement(
                    actions=[f"sagemaker:{action}" for action in actions],
                    resources=[self._sagemaker(kind, "*redshift*")],
                )
                for kind, actions in _JOBS.items()
            ),
            iam.PolicyStatement(
                sid="PassRoleToJobs",
                actions=["iam:PassRole"],
                resources=[self.role.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
            ),
            # The accounts of AWS that own the images are not documented.
            iam.PolicyStatement(
                sid="PullImages",
                actions=[*_PULL],
                resources=[f"arn:{stack.partition}:ecr:{stack.region}:*:repository/*"],
            ),
            iam.PolicyStatement(
                sid="WriteLogs",
                actions=[*_LOG],
                resources=[
                    stack.format_arn(
                        service="logs",
                        resource="log-group",
                        resource_name="/aws/sagemaker/*",
                        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                    )
                ],
            ),
            iam.PolicyStatement(
                sid="WriteMetrics",
                actions=["cloudwatch:PutMetricData"],
                resources=["*"],
                conditions={"StringLike": {"cloudwatch:namespace": "/aws/sagemaker/*"}},
            ),
            iam.PolicyStatement(
                sid="LogInToRegistries", actions=["ecr:GetAuthorizationToken"], resources=["*"]
            ),
            iam.PolicyStatement(sid="JoinNetwork", actions=[*_NETWORK], resources=["*"]),
        ]

    def _inference(self, endpoints: str) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid="CallEndpoints",
            actions=["sagemaker:InvokeEndpoint"],
            resources=[self._sagemaker("endpoint", endpoints)],
        )

    def _sagemaker(self, kind: str, name: str) -> str:
        return cdk.Stack.of(self).format_arn(service="sagemaker", resource=kind, resource_name=name)


def _storage(bucket: s3.IBucket, key: kms.IKey) -> list[iam.PolicyStatement]:
    return [
        iam.PolicyStatement(
            sid="ExchangeObjects",
            actions=[
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:PutObject",
            ],
            resources=[bucket.arn_for_objects("*")],
        ),
        iam.PolicyStatement(
            sid="FindObjects",
            actions=["s3:GetBucketLocation", "s3:ListBucket"],
            resources=[bucket.bucket_arn],
        ),
        iam.PolicyStatement(sid="UseKey", actions=[*_KEY], resources=[key.key_arn]),
        # For the volumes of jobs.
        iam.PolicyStatement(
            sid="GrantKeyToServices",
            actions=["kms:CreateGrant"],
            resources=[key.key_arn],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    ]
