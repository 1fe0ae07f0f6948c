"""AWS in this process: an empty account with one bucket and one model package group."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import boto3
from moto import mock_aws

REGION = "us-east-1"
LAKE, GROUP = "lake", "trial"
JOB_ARN = f"arn:aws:sagemaker:{REGION}:123456789012:processing-job/trial"
ROLE = "arn:aws:iam::123456789012:role/trial"
# No profile and no endpoint of the user: nothing leaves this process.
_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
}


@contextmanager
def mock_account() -> Iterator[None]:
    """Answer all calls of AWS SDKs within this context, without a network.

    The registry is empty, so evaluations compare with no approved model.
    """
    with patch.dict(os.environ, _VARIABLES), mock_aws():
        boto3.client("s3").create_bucket(Bucket=LAKE)
        boto3.client("sagemaker").create_model_package_group(ModelPackageGroupName=GROUP)
        yield
