"""Clients of an account with one execution, which answer like AWS."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from botocore.exceptions import ClientError

START = datetime(2026, 1, 2, tzinfo=UTC)
PIPELINE = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/redline-local-demand"
EXECUTION = f"{PIPELINE}/execution/abcdefghijkl"
EARLIER = f"{PIPELINE}/execution/earlier12345"
PACKAGE = "arn:aws:sagemaker:us-east-1:123456789012:model-package/redline-local-demand/3"
REPORT = {"PropertyFileName": "R", "OutputName": "evaluation", "FilePath": "evaluation.json"}
BODY = {
    "Parameters": [
        {"Name": "Limit", "Type": "Float", "DefaultValue": 0.9},
        {"Name": "Fast", "Type": "Boolean", "DefaultValue": True},
    ],
    "Steps": [
        {"Name": "Prepare", "Type": "Processing", "Arguments": {}},
        {
            "Name": "Evaluate",
            "Type": "Processing",
            "Arguments": {},
            "DependsOn": ["Prepare"],
            "PropertyFiles": [REPORT],
        },
        {
            "Name": "Register",
            "Type": "RegisterModel",
            "DependsOn": ["Evaluate"],
            "Arguments": {
                "CustomerMetadataProperties": {
                    "code_key": "demand/code.zip",
                    "execution_id": {"Get": "Execution.PipelineExecutionId"},
                    "other": {"Get": "Steps.Prepare.Unknown"},
                }
            },
        },
    ],
}


def entry(name, status, metadata, **more):
    times = {"StartTime": START, "EndTime": START + timedelta(seconds=5)}
    return {"StepName": name, "StepStatus": status, "Metadata": metadata, **times, **more}


def job(name):
    return {"ProcessingJob": {"Arn": f"arn:aws:sagemaker:us-east-1:1:processing-job/{name}"}}


class Account:
    """`Account()("sagemaker")` is a client. `calls` are the operations with their resources."""

    def __init__(self, *, status="Succeeded"):
        self.status = status
        self.steps = [
            entry(
                "Prepare", "Succeeded", job("prepare"),
                CacheHitResult={"SourcePipelineExecutionArn": EARLIER},
            ),
            entry("Evaluate", "Succeeded", job("evaluate")),
            entry("Register", "Succeeded", {"RegisterModel": {"Arn": PACKAGE}}),
        ]  # fmt: skip
        self.objects = {
            "runs/demand/earlier12345/Prepare/report/report-algo-1.json": b'{"rows": {"read": 3}}',
            "runs/demand/earlier12345/Prepare/train/part.json": b"{}",
            "kept/demand/abcdefghijkl/Evaluate/evaluation/evaluation.json": b'{"a": 1}',
            "kept/demand/abcdefghijkl/Evaluate/evaluation/broken.json": b"\xff{",
            "kept/demand/abcdefghijkl/Evaluate/model/a/output/model.tar.gz": b"model",
        }
        self.sizes: dict[str, int] = {}
        self.streams = {"evaluate/algo-1-1": ["one\n", "two\n"]}
        self.written: dict[str, dict] = {}

    meta = SimpleNamespace(region_name="us-east-1")

    def __call__(self, service):
        return self

    def get_paginator(self, operation):
        pages = getattr(self, operation)

        class Paginator:
            def paginate(self, **request):
                return [pages(**request)]

        return Paginator()

    def describe_pipeline_execution(self, PipelineExecutionArn):  # noqa: N803
        if PipelineExecutionArn != EXECUTION:
            raise ClientError({"Error": {"Code": "ResourceNotFound", "Message": "no"}}, "Describe")
        return {
            "PipelineExecutionStatus": self.status,
            "CreationTime": START,
            "LastModifiedTime": START + timedelta(seconds=30),
            "CreatedBy": {"UserProfileName": "ada"},
        }

    def describe_pipeline_definition_for_execution(self, **_):
        return {"PipelineDefinition": json.dumps(BODY)}

    def list_pipeline_execution_steps(self, **_):
        return {"PipelineExecutionSteps": self.steps[::-1]}

    def list_pipeline_parameters_for_execution(self, **_):
        values = {"Limit": "0.5", "Fast": "true"}
        return {"PipelineParameters": [{"Name": n, "Value": v} for n, v in values.items()]}

    def describe_model_package(self, **_):
        return {
            "ModelPackageGroupName": "redline-local-demand",
            "ModelPackageVersion": 3,
            "ModelApprovalStatus": "PendingManualApproval",
        }

    def describe_processing_job(self, **_):
        cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 2}
        return {
            "ProcessingResources": {"ClusterConfig": cluster},
            "ProcessingStartTime": START,
            "ProcessingEndTime": START + timedelta(seconds=3600),
        }

    def list_training_jobs_for_hyper_parameter_tuning_job(self, **_):
        return {"TrainingJobSummaries": []}

    def list_objects_v2(self, Bucket, Prefix):  # noqa: N803
        found = [key for key in self.objects if key.startswith(Prefix)]
        return {"Contents": [{"Key": key, "Size": self.sizes.get(key, 1)} for key in found]}

    def get_object(self, Bucket, Key):  # noqa: N803
        return {"Body": io.BytesIO(self.objects[Key])}

    def put_object(self, **request):
        self.written[request["Key"]] = request

    def describe_log_streams(self, logGroupName, logStreamNamePrefix):  # noqa: N803
        if not self.streams:
            answer = {"Error": {"Code": "ResourceNotFoundException", "Message": "no group"}}
            raise ClientError(answer, "DescribeLogStreams")
        found = [name for name in self.streams if name.startswith(logStreamNamePrefix)]
        return {"logStreams": [{"logStreamName": name} for name in found]}

    def get_log_events(self, logStreamName, **_):  # noqa: N803
        return {"events": [{"message": line} for line in self.streams[logStreamName]]}

    def list_pipelines(self, **_):
        summary = {"PipelineName": "redline-local-demand", "PipelineArn": PIPELINE}
        return {"PipelineSummaries": [summary]}

    def list_pipeline_executions(self, **_):
        summary = {"PipelineExecutionArn": EXECUTION, "StartTime": START}
        return {"PipelineExecutionSummaries": [summary]}

    def describe_stacks(self, **_):
        outputs = [{"OutputKey": "LakeBucketName", "OutputValue": "lake"}]
        return {"Stacks": [{"Outputs": outputs}]}
