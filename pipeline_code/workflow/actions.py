"""The IAM actions that jobs need, by purpose."""

RUN_CONTAINER = (
    "cloudwatch:PutMetricData",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "s3:GetObject",
    "s3:ListBucket",
)
# A model needs its container image and model.tar.gz. No request contains the key of model.tar.gz.
HOST_MODEL = (*RUN_CONTAINER, "kms:Decrypt")
WRITE_OUTPUTS = ("s3:PutObject",)
# kms:Encrypt is documented for the key of outputs (SageMaker Developer Guide, "How to use SageMaker
# AI execution roles": https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html), the
# others are what EBS and S3 use.
USE_KEY = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
)
JOIN_VPC = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
# AWS does not document the actions of a Redshift dataset. The closest source are the policies of
# Data Wrangler:
# https://docs.aws.amazon.com/sagemaker/latest/dg/data-wrangler-security.html
QUERY_WAREHOUSE = (
    "redshift:GetClusterCredentials",
    "redshift-data:CancelStatement",
    "redshift-data:DescribeStatement",
    "redshift-data:ExecuteStatement",
    "redshift-data:GetStatementResult",
)
# What Spark does with its paths in S3: a commit lists, copies and deletes temporary files.
# https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/getting-started.html
USE_S3_PATHS = (
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
)
# SageMaker Pipelines follows jobs of EMR by a rule of EventBridge, which it makes with this role.
FOLLOW_BY_RULE = ("events:DescribeRule", "events:PutRule", "events:PutTargets")
READ_REGISTRY = ("sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages")
# SageMaker Pipelines reads values from a step's files, for conditions and messages.
READ_FILES = ("kms:Decrypt", "s3:GetObject")
