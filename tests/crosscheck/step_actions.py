"""The AWS actions that steps and their jobs need, by purpose (standard library only).

Source: AWS, "IAM Access Management" of SageMaker Pipelines and "SageMaker execution roles".
"""

import re

# Step type -> the actions that the execution role uses to run it. SageMaker tags every job and
# model that a pipeline creates, so AddTags is needed even if the definition sets no tags.
EXECUTION = {
    "Processing": (
        "sagemaker:AddTags",
        "sagemaker:CreateProcessingJob",
        "sagemaker:DescribeProcessingJob",
        "sagemaker:StopProcessingJob",
    ),
    "Training": (
        "sagemaker:AddTags",
        "sagemaker:CreateTrainingJob",
        "sagemaker:DescribeTrainingJob",
        "sagemaker:StopTrainingJob",
    ),
    "Tuning": (
        "sagemaker:AddTags",
        "sagemaker:CreateHyperParameterTuningJob",
        "sagemaker:DescribeHyperParameterTuningJob",
        "sagemaker:DescribeTrainingJob",
        # The API that lists TrainingJobSummaries, a property of the step.
        "sagemaker:ListTrainingJobsForHyperParameterTuningJob",
        "sagemaker:StopHyperParameterTuningJob",
    ),
    "AutoML": (
        "sagemaker:AddTags",
        "sagemaker:CreateAutoMLJob",
        "sagemaker:DescribeAutoMLJob",
        "sagemaker:StopAutoMLJob",
    ),
    "Transform": (
        "sagemaker:AddTags",
        "sagemaker:CreateTransformJob",
        "sagemaker:DescribeTransformJob",
        "sagemaker:StopTransformJob",
    ),
    "Model": ("sagemaker:AddTags", "sagemaker:CreateModel", "sagemaker:DescribeModel"),
    "RegisterModel": (
        "s3:GetObject",
        "sagemaker:CreateModelPackage",
        "sagemaker:DescribeModelPackage",
    ),
    "Lambda": ("lambda:InvokeFunction",),
    "Callback": ("sqs:SendMessage",),
    # https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-pipelines.html
    "EMR": (
        "elasticmapreduce:AddJobFlowSteps",
        "elasticmapreduce:CancelSteps",
        "elasticmapreduce:DescribeStep",
        "events:DescribeRule",
        "events:PutRule",
        "events:PutTargets",
    ),
    "EMRServerless": (
        "emr-serverless:CancelJobRun",
        "emr-serverless:GetJobRun",
        "emr-serverless:StartJobRun",
        "events:DescribeRule",
        "events:PutRule",
        "events:PutTargets",
    ),
    "Condition": (),
    "Fail": (),
    "ForEach": (),
}
EXECUTION["QualityCheck"] = EXECUTION["ClarifyCheck"] = EXECUTION["Processing"]

# A cluster that the step creates, with tags; the same page.
EMR_ON_NEW_CLUSTER = (
    "elasticmapreduce:AddTags",
    "elasticmapreduce:DescribeCluster",
    "elasticmapreduce:DescribeStep",
    "elasticmapreduce:ListSteps",
    "elasticmapreduce:RunJobFlow",
    "elasticmapreduce:TerminateJobFlows",
    "events:DescribeRule",
    "events:PutRule",
    "events:PutTargets",
    "iam:PassRole",
)
CREATE_APPLICATION = (
    "emr-serverless:CreateApplication",
    "emr-serverless:GetApplication",
    "emr-serverless:StartApplication",
)
ROLE_FIELDS = {
    "EMRServerless": "ExecutionRoleArn",
    "Processing": "RoleArn",
    "QualityCheck": "RoleArn",
    "ClarifyCheck": "RoleArn",
    "Training": "RoleArn",
    "AutoML": "RoleArn",
    "Model": "ExecutionRoleArn",
}
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
WRITE_OUTPUTS = ("s3:PutObject",)
USE_S3_PATHS = (
    *("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListBucket"),
    "s3:PutObject",
)
USE_KEY = (
    *("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"),
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
QUERY_WAREHOUSE = (
    "redshift:GetClusterCredentials",
    "redshift-data:CancelStatement",
    "redshift-data:DescribeStatement",
    "redshift-data:ExecuteStatement",
    "redshift-data:GetStatementResult",
)
QUERY_ATHENA = (
    "athena:GetQueryExecution",
    "athena:StartQueryExecution",
    "glue:GetDatabase",
    "glue:GetPartitions",
    "glue:GetTable",
    "s3:GetBucketLocation",
)
# A job with the name of a feature group in a variable writes records.
GROUP_PREFIX = "Environment.FeatureGroupPrefix"
WRITE_RECORDS = ("sagemaker:BatchGetRecord", "sagemaker:PutRecord")
# A job with the secret of a database in a variable reads the secret.
SECRET_OF_DATABASE = re.compile(r"Environment\.\w+DatabaseSecret")
READ_SECRET = ("secretsmanager:GetSecretValue",)
# A job with the name of the group in a variable finds the approved model of the group.
GROUP = "Environment.ModelPackageGroupName"
READ_REGISTRY = ("sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages")
