"""Scalable targets, which are variants of endpoints, and their policies."""

from __future__ import annotations

import io
import tarfile
from contextlib import contextmanager

NAME = "life-scaled"
TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/{NAME}/variant/all",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
POLICY = {
    "TargetValue": 2.0,
    "PredefinedMetricSpecification": {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
    },
    "ScaleOutCooldown": 0,
}
CODE = """
def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    return body

def predict_fn(rows, model):
    return rows

def output_fn(answer, accept):
    return answer, accept
"""


def scalable_target(aws):
    scaling, runtime = aws.client("application-autoscaling"), aws.client("sagemaker-runtime")
    with _endpoint(aws) as instances:
        scaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=2)
        (found,) = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")[
            "ScalableTargets"
        ]
        assert found["MaxCapacity"] == 2
        scaling.put_scaling_policy(
            **TARGET,
            PolicyName="life",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=POLICY,
        )
        (policy,) = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")[
            "ScalingPolicies"
        ]
        assert policy["PolicyName"] == "life"
        for _ in range(10):
            runtime.invoke_endpoint(EndpointName=NAME, Body=b"1", ContentType="text/csv")
        aws.until(lambda: instances() == 2)
        scaling.deregister_scalable_target(**TARGET)
        left = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")
        assert left["ScalableTargets"] == []


@contextmanager
def _endpoint(aws):
    """Create an endpoint. Yields a function that returns its number of instances."""
    s3, sagemaker = aws.client("s3"), aws.client("sagemaker")
    s3.create_bucket(Bucket=NAME)
    s3.put_object(Bucket=NAME, Key="model.tar.gz", Body=_packed())
    environment = {
        "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
    }
    container = {
        "Image": "registry.example/sagemaker-scikit-learn:1.9-0-cpu-py3",
        "ModelDataUrl": f"s3://{NAME}/model.tar.gz",
        "Environment": environment,
    }
    role = aws.role(NAME, "sagemaker", "s3:*", "ecr:*", "logs:*", "cloudwatch:*")
    sagemaker.create_model(ModelName=NAME, ExecutionRoleArn=role, PrimaryContainer=container)
    variant = {"VariantName": "all", "ModelName": NAME, "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(
        EndpointConfigName=NAME, ProductionVariants=[{**variant, "InitialInstanceCount": 1}]
    )
    sagemaker.create_endpoint(EndpointName=NAME, EndpointConfigName=NAME)

    def settled():
        found = sagemaker.describe_endpoint(EndpointName=NAME)
        assert found["EndpointStatus"] != "Failed", found["FailureReason"]
        return found["EndpointStatus"] == "InService"

    aws.until(settled)
    yield lambda: sagemaker.describe_endpoint(EndpointName=NAME)["ProductionVariants"][0][
        "CurrentInstanceCount"
    ]
    aws.until(settled)
    sagemaker.delete_endpoint(EndpointName=NAME)


def _packed():
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as packed:
        member = tarfile.TarInfo("code/inference.py")
        member.size = len(CODE.encode())
        packed.addfile(member, io.BytesIO(CODE.encode()))
    return content.getvalue()
