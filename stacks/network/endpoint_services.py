"""The services that jobs and the warehouse may call, by the prefix of their IAM actions."""

from __future__ import annotations

from collections.abc import Mapping

# Prefix of IAM actions -> the name of the endpoint without com.amazonaws.<region>. Studio has none:
# its endpoint is aws.sagemaker.<region>.studio.
# https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
ENDPOINT_SERVICES: Mapping[str, str] = {
    "athena": "athena",
    "cloudwatch": "monitoring",
    "events": "events",
    "glue": "glue",
    "lambda": "lambda",
    "logs": "logs",
    # A processing job with a Redshift dataset gets temporary credentials from `redshift`, and runs
    # its UNLOAD through `redshift-data`.
    "redshift": "redshift",
    "redshift-data": "redshift-data",
    "sagemaker": "sagemaker.api",
    "sagemaker-featurestore-runtime": "sagemaker.featurestore-runtime",
    "sagemaker-runtime": "sagemaker.runtime",
    "sagemaker-studio": "studio",
    "secretsmanager": "secretsmanager",
    "sns": "sns",
    "sqs": "sqs",
    "sts": "sts",
}
