"""The IAM actions that jobs need, by what they do.

Source: SageMaker Developer Guide, "How to use SageMaker AI execution roles".
"""

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
# A model: its container, and the key of model.tar.gz, which no request names.
HOST_MODEL = (*RUN_CONTAINER, "kms:Decrypt")
WRITE_OUTPUTS = ("s3:PutObject",)
USE_KEY = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
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
QUERY_WAREHOUSE = (
    "redshift:GetClusterCredentials",
    "redshift-data:DescribeStatement",
    "redshift-data:ExecuteStatement",
)
READ_REGISTRY = ("sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages")
# What SageMaker reads itself: the values that conditions and messages take from a step's files.
READ_FILES = ("kms:Decrypt", "s3:GetObject")
