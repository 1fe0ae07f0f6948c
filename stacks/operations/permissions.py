"""What readers, operators and approvers of an environment may do, as statements.

The commands of `redline` need them; docs/security.md names the policies of each command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk

from stacks.platform import Platform
from stacks.warehouse.warehouse_access import OWN_STATEMENTS
from stacks.warehouse.warehouse_placement import ADMINISTRATOR

# With which `redline query` reads CSV.
NEWER_THAN_CFN_LINT = "redshift-data:GetStatementResultV2"
_LISTS = "These actions list: they have no resource types, or need all resources of the type."
_RUNS = "Executions, versions and endpoint configurations get their names later."
_JOBS = "SageMaker Pipelines names the jobs: `pipelines-<execution id>-<step>-…`."
_STREAMS = "SageMaker and Lambda name log streams when they make them."
_WORKGROUP = "The ARN of a workgroup has an ID instead of its name."
_OWN = "Data API statements have no ARN; the condition allows the caller's own ones only."


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """Actions on resources. A wildcard in a resource has a `reason`."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str = ""
    conditions: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class People:
    """The statements of the three policies of an environment. They are used together."""

    platform: Platform

    def reader(self) -> list[Allowed]:
        """See everything of the environment, and query as a pipeline's database user."""
        lake = self.platform.lake
        return [
            Allowed(
                actions=(
                    *("cloudformation:DescribeStacks", "cloudformation:ListStacks"),
                    *("cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"),
                    *("events:ListRules", "logs:DescribeLogGroups", "pricing:GetProducts"),
                    *("redshift:DescribeClusters", "redshift-serverless:GetNamespace"),
                    *("redshift-serverless:ListWorkgroups", "scheduler:ListSchedules"),
                    *("sagemaker:ListArtifacts", "sagemaker:ListEndpointConfigs"),
                    *("sagemaker:ListEndpoints", "sagemaker:ListModelPackageGroups"),
                    *("sagemaker:ListModels", "sagemaker:ListPipelines"),
                    *("sagemaker:ListTrialComponents", "sagemaker:QueryLineage"),
                ),
                resources=("*",),
                reason=_LISTS,
            ),
            Allowed(
                actions=(
                    *("sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig"),
                    *("sagemaker:DescribeModelPackage", "sagemaker:DescribePipeline"),
                    "sagemaker:DescribePipelineDefinitionForExecution",
                    *("sagemaker:DescribePipelineExecution", "sagemaker:ListModelPackages"),
                    *("sagemaker:ListPipelineExecutions", "sagemaker:ListPipelineExecutionSteps"),
                    *("sagemaker:ListPipelineParametersForExecution", "sagemaker:ListTags"),
                ),
                resources=(
                    *(self._named("sagemaker", kind) for kind in ("endpoint", "endpoint-config")),
                    *(self._named("sagemaker", kind) for kind in ("model-package", "pipeline")),
                    self._named("sagemaker", "model-package-group"),
                ),
                reason=_RUNS,
            ),
            Allowed(
                actions=(
                    *("sagemaker:DescribeAutoMLJob", "sagemaker:DescribeHyperParameterTuningJob"),
                    *("sagemaker:DescribeProcessingJob", "sagemaker:DescribeTrainingJob"),
                    "sagemaker:DescribeTransformJob",
                    "sagemaker:ListTrainingJobsForHyperParameterTuningJob",
                ),
                resources=tuple(
                    self._arn("sagemaker", f"{kind}/*")
                    for kind in (
                        *("automl-job", "hyper-parameter-tuning-job", "processing-job"),
                        *("training-job", "transform-job"),
                    )
                ),
                reason=_JOBS,
            ),
            Allowed(
                actions=(
                    *("cloudformation:ListStackResources", "events:ListTargetsByRule"),
                    *("lambda:GetFunctionConfiguration", "scheduler:GetSchedule"),
                ),
                resources=(
                    self._named("cloudformation", "stack"),
                    self._named("events", "rule"),
                    self._arn("lambda", f"function:{self._prefix}*"),
                    self._named("scheduler", "schedule"),
                ),
                reason="The stacks of the environment name them.",
            ),
            Allowed(
                actions=("logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"),
                resources=(
                    self._arn("logs", "log-group:/aws/sagemaker/*"),
                    self._arn("logs", f"log-group:{self._prefix}*"),
                ),
                reason=_STREAMS,
            ),
            Allowed(
                actions=("s3:GetObject",),
                resources=(
                    lake.arn_for_objects("reports/*"),
                    lake.arn_for_objects("runs/*/analysis.html"),
                    *(lake.arn_for_objects(f"{area}/*.json") for area in ("kept", "runs")),
                ),
                reason="The ID of an execution is not known before it starts.",
            ),
            Allowed(
                actions=("sagemaker:DescribeArtifact", "sagemaker:DescribeContext"),
                resources=tuple(
                    self._arn("sagemaker", f"{kind}/*") for kind in ("artifact", "context")
                ),
                reason="SageMaker names the artifacts and contexts of the lineage.",
            ),
            Allowed(actions=("s3:ListBucket",), resources=(lake.bucket_arn,)),
            Allowed(actions=("kms:Decrypt",), resources=(self.platform.key.key_arn,)),
            *self._queries("pipeline_reader_*", "Each pipeline has a database user."),
        ]

    def operator(self) -> list[Allowed]:
        """Start, stop and retry runs, ask endpoints, load data, and query as administrator."""
        return [
            Allowed(
                actions=(
                    *("sagemaker:RetryPipelineExecution", "sagemaker:StartPipelineExecution"),
                    *("sagemaker:StopPipelineExecution", "sagemaker:InvokeEndpoint"),
                ),
                resources=(
                    self._named("sagemaker", "pipeline"),
                    self._named("sagemaker", "endpoint"),
                ),
                reason=_RUNS,
            ),
            Allowed(
                actions=("s3:GetObject", "s3:PutObject"),
                resources=(self.platform.lake.arn_for_objects("incoming/*"),),
                reason="Data sets have any number of files.",
            ),
            Allowed(
                actions=("kms:Decrypt", "kms:GenerateDataKey"),
                resources=(self.platform.key.key_arn,),
            ),
            *self._queries(ADMINISTRATOR, ""),
        ]

    def approver(self) -> list[Allowed]:
        """Approve and reject versions, and accept data that a contract rejected."""
        return [
            Allowed(
                actions=("sagemaker:UpdateModelPackage",),
                resources=(self._named("sagemaker", "model-package"),),
                reason=_RUNS,
            ),
            Allowed(
                actions=("s3:GetObject", "s3:PutObject"),
                resources=(self.platform.lake.arn_for_objects("accepted-data/*"),),
                reason="The record of accepted data has their digest as its name.",
            ),
            Allowed(
                actions=("kms:Decrypt", "kms:GenerateDataKey"),
                resources=(self.platform.key.key_arn,),
            ),
        ]

    def _queries(self, user: str, reason: str) -> list[Allowed]:
        """Allow statements as a database user, in a warehouse that the environment has created.

        The owner of an existing warehouse decides who queries it.
        """
        name = self.platform.environment.warehouse_name
        if name is None:
            return []
        if self.platform.environment.warehouse.kind == "serverless":
            return self._serverless(name, is_admin=user == ADMINISTRATOR)
        cluster, database = f"cluster:{name}", self.platform.warehouse.access.database
        return [
            *self._statements(self._arn("redshift", cluster)),
            Allowed(
                actions=("redshift:GetClusterCredentials",),
                resources=(
                    self._arn("redshift", f"dbuser:{name}/{user}"),
                    self._arn("redshift", f"dbname:{name}/{database}"),
                ),
                reason=reason,
            ),
        ]

    def _serverless(self, name: str, *, is_admin: bool) -> list[Allowed]:
        """Allow the caller's own database user, or the secret of the administrator."""
        workgroup = self._arn("redshift-serverless", "workgroup/*")
        secret = self._arn("secretsmanager", f"secret:redshift!{name}-{ADMINISTRATOR}-??????")
        login = (
            Allowed(
                actions=("secretsmanager:GetSecretValue",),
                resources=(secret,),
                reason="Secrets Manager adds six random characters.",
            )
            if is_admin
            else Allowed(
                actions=("redshift-serverless:GetCredentials",),
                resources=(workgroup,),
                reason=_WORKGROUP,
            )
        )
        return [*self._statements(workgroup, reason=_WORKGROUP), login]

    def _statements(self, warehouse: str, *, reason: str = "") -> list[Allowed]:
        return [
            Allowed(
                actions=("redshift-data:BatchExecuteStatement", "redshift-data:ExecuteStatement"),
                resources=(warehouse,),
                reason=reason,
            ),
            Allowed(
                actions=(
                    *("redshift-data:CancelStatement", "redshift-data:DescribeStatement"),
                    *("redshift-data:GetStatementResult", NEWER_THAN_CFN_LINT),
                ),
                resources=("*",),
                reason=_OWN,
                conditions=OWN_STATEMENTS,
            ),
        ]

    @property
    def _prefix(self) -> str:
        return f"redline-{self.platform.environment.name}-"

    def _named(self, service: str, kind: str) -> str:
        """Return the ARN of what has the prefix of the environment in its name."""
        return self._arn(service, f"{kind}/{self._prefix}*")

    def _arn(self, service: str, resource: str) -> str:
        """Return an ARN in the account and region of the environment."""
        region = self.platform.environment.region
        return f"arn:{cdk.Aws.PARTITION}:{service}:{region}:{cdk.Aws.ACCOUNT_ID}:{resource}"
