"""An account whose names, errors and columns contain markup, as the board reads it."""

from __future__ import annotations

import json
from datetime import timedelta

from botocore.exceptions import ClientError

from operations.environment_clients import EnvironmentClients
from tests.unit.recorded_account import (
    BODY,
    EXECUTION,
    PACKAGE,
    PIPELINE,
    START,
    Account,
)

HOSTILE = "<script>alert('x')</script>"
GROUP = "redline-local-demand"


class BoardAccount(Account):
    """`tokens` are those with which executions were listed, `described` the described ones."""

    def __init__(self, *, executions=3):
        super().__init__()
        self.executions, self.tokens, self.described = executions, [], []
        self.read_steps_of: list[str] = []
        metrics = {"m": {HOSTILE: {"value": 0.25}, "rmse": {"value": 3.5}}}
        key = "kept/demand/abcdefghijkl/Evaluate/evaluation/evaluation.json"
        self.objects[key] = json.dumps(metrics).encode()
        self.steps[0] |= {"StepStatus": "Failed", "FailureReason": HOSTILE}

    def clients(self):
        return EnvironmentClients("local", "us-east-1", self, is_laptop=True)

    def list_pipeline_executions(self, *, NextToken=None, MaxResults=None, **_):  # noqa: N803
        if NextToken == "old":
            answer = {"Error": {"Code": "ValidationException", "Message": HOSTILE}}
            raise ClientError(answer, "ListPipelineExecutions")
        self.tokens.append(NextToken)
        summaries = [
            {
                "PipelineExecutionArn": EXECUTION,
                "StartTime": START - timedelta(hours=number),
                "PipelineExecutionStatus": self.status,
            }
            for number in range(min(self.executions, MaxResults or self.executions))
        ]
        return {"PipelineExecutionSummaries": summaries, "NextToken": "to ken&"}

    def describe_pipeline_execution(self, PipelineExecutionArn):  # noqa: N803
        self.described.append(PipelineExecutionArn)
        described = super().describe_pipeline_execution(PipelineExecutionArn)
        return {**described, "PipelineExecutionDisplayName": HOSTILE}

    def list_trial_components(self, **_):
        return {"TrialComponentSummaries": [{"TrialComponentArn": "arn:trial"}]}

    def list_artifacts(self, **_):
        return {"ArtifactSummaries": []}

    def query_lineage(self, **_):
        ends = {"SourceArn": "arn:artifact", "DestinationArn": "arn:trial"}
        return {
            "Vertices": [
                {"Arn": "arn:trial", "Type": HOSTILE, "LineageType": "TrialComponent"},
                {"Arn": "arn:artifact", "Type": "Model", "LineageType": "Artifact"},
            ],
            "Edges": [{**ends, "AssociationType": HOSTILE}],
        }

    def describe_artifact(self, **_):
        return {"Source": {"SourceUri": HOSTILE}, "ArtifactName": HOSTILE}

    def list_pipeline_execution_steps(self, **request):
        self.read_steps_of.append(request["PipelineExecutionArn"])
        return super().list_pipeline_execution_steps(**request)

    def describe_pipeline(self, PipelineName):  # noqa: N803
        if PipelineName != GROUP:
            answer = {"Error": {"Code": "ResourceNotFound", "Message": "no"}}
            raise ClientError(answer, "DescribePipeline")
        return {"PipelineDefinition": json.dumps(BODY), "PipelineArn": PIPELINE}

    def describe_stacks(self, **_):
        (stack,) = super().describe_stacks()["Stacks"]
        return {"Stacks": [{"StackName": "redline-local-data", **stack}]}

    def list_rules(self, **_):
        return {"Rules": [{"Name": HOSTILE, "ScheduleExpression": HOSTILE, "State": "ENABLED"}]}

    def list_schedules(self, **_):
        return {"Schedules": []}

    def list_targets_by_rule(self, **_):
        return {"Targets": [{"Arn": PIPELINE}]}

    def list_model_package_groups(self, **_):
        return {"ModelPackageGroupSummaryList": [{"ModelPackageGroupName": GROUP}]}

    def list_model_packages(self, **_):
        package = {"ModelPackageArn": PACKAGE, "ModelApprovalStatus": "Approved"}
        return {"ModelPackageSummaryList": [package]}

    def describe_model_package(self, **_):
        return {
            **super().describe_model_package(),
            "CreationTime": START,
            "ApprovalDescription": HOSTILE,
        }

    def list_endpoints(self, **_):
        return {"Endpoints": [{"EndpointName": GROUP}]}

    def describe_endpoint(self, **_):
        return {
            "EndpointStatus": "InService",
            "EndpointArn": "arn:endpoint",
            "EndpointConfigName": "redline-local-demand-v3-0123abcd",
            "ProductionVariants": [{"VariantName": HOSTILE, "CurrentInstanceCount": 1}],
        }

    def list_tags(self, **_):
        return {"Tags": [{"Key": "ModelPackage", "Value": PACKAGE}]}

    def list_endpoint_configs(self, **_):
        return {"EndpointConfigs": []}

    def describe_processing_job(self, **_):
        cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1}
        return {"ProcessingResources": {"ClusterConfig": cluster}}

    def get_metric_data(self, *, MetricDataQueries, **_):  # noqa: N803
        times = [START, START + timedelta(minutes=15)]
        return {
            "MetricDataResults": [
                {"Id": each["Id"], "Timestamps": times, "Values": [2000.0, 3000.0]}
                for each in MetricDataQueries
            ]
        }

    def describe_alarms(self, **_):
        alarm = {
            "AlarmName": HOSTILE,
            "StateValue": "ALARM",
            "StateUpdatedTimestamp": START,
            "StateReason": HOSTILE,
            "AlarmDescription": HOSTILE,
        }
        return {"MetricAlarms": [alarm]}
