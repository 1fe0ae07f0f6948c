"""What a user of Studio may do: start pipelines, read results, query the warehouse; not approve."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from stacks.common.inline_policy import inline_policy
from stacks.common.permissions import Scope, derived_policy
from stacks.common.service_trust import sagemaker
from stacks.platform import Platform
from stacks.warehouse.stack import WarehouseStack
from stacks.warehouse.warehouse_access import READER, acknowledge_statements

# UpdateModelPackage, which approves, is not among them, nor is any change of a pipeline.
_ACTIONS = (
    *("s3:GetObject", "s3:ListBucket", "kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey"),
    *("logs:FilterLogEvents", "logs:GetLogEvents", "logs:DescribeLogStreams"),
    *("sagemaker:DescribePipeline", "sagemaker:ListPipelineExecutions"),
    *("sagemaker:StartPipelineExecution", "sagemaker:StopPipelineExecution"),
    *("sagemaker:DescribePipelineDefinitionForExecution", "sagemaker:DescribePipelineExecution"),
    *("sagemaker:ListPipelineExecutionSteps", "sagemaker:ListPipelineParametersForExecution"),
    *("sagemaker:DescribeProcessingJob", "sagemaker:DescribeTrainingJob"),
    "sagemaker:DescribeTransformJob",
    *("sagemaker:DescribeModelPackage", "sagemaker:DescribeModelPackageGroup"),
    "sagemaker:ListModelPackages",
    *("sagemaker:DescribeEndpoint", "sagemaker:InvokeEndpoint"),
    *("sagemaker:DescribeDomain", "sagemaker:DescribeUserProfile", "sagemaker:DescribeSpace"),
    *("sagemaker:DescribeApp", "sagemaker:ListTags"),
    *("sagemaker:ListPipelines", "sagemaker:ListModelPackageGroups", "sagemaker:ListEndpoints"),
    *("sagemaker:DescribeArtifact", "sagemaker:DescribeContext", "sagemaker:ListArtifacts"),
    *("sagemaker:ListTrialComponents", "sagemaker:QueryLineage"),
    *("sagemaker:ListApps", "sagemaker:ListDomains", "sagemaker:ListSpaces"),
    "sagemaker:ListUserProfiles",
    *("sagemaker:CreateApp", "sagemaker:CreateSpace", "sagemaker:DeleteApp"),
    *("sagemaker:DeleteSpace", "sagemaker:UpdateSpace"),
    "sagemaker:AddTags",
)
_READABLE = ("kept/*", "reports/*", "runs/*")


def studio_role(scope: Construct, platform: Platform, *, repository: assets.Asset) -> iam.Role:
    """Create the execution role of all user profiles."""
    role = iam.Role(
        scope,
        "Role",
        assumed_by=sagemaker(scope),
        description="Users of Studio: start pipelines, read results, query as a reader",
    )
    code = repository.bucket.arn_for_objects(repository.s3_object_key)
    inline_policy(
        scope,
        "ReadRepository",
        roles=[role],
        statements=[iam.PolicyStatement(actions=["s3:GetObject"], resources=[code])],
    )
    derived_policy(scope, "Policy", role=role, actions=_ACTIONS, scopes=_scopes(scope, platform))
    if isinstance(platform.warehouse, WarehouseStack):
        statements = platform.warehouse.access.admit(role, READER, results=True)
        for each in statements:
            if each.sid == "RunStatements":  # a notebook runs single statements
                each.add_actions("redshift-data:ExecuteStatement")
        queries = inline_policy(scope, "Queries", roles=[role], statements=statements)
        acknowledge_statements(queries)
    return role


def _scopes(scope: Construct, platform: Platform) -> Mapping[str, Scope]:
    stack = cdk.Stack.of(scope)

    def arn(kind: str, name: str) -> str:
        return stack.format_arn(service="sagemaker", resource=kind, resource_name=name)

    own = f"redline-{platform.environment.name}-*"
    pipelines = Scope(
        resources=[arn("pipeline", own)],
        reason="All pipelines of the environment, by their prefix.",
    )
    return {
        "s3:GetObject": Scope(
            resources=[platform.lake.arn_for_objects(each) for each in _READABLE],
            reason="Results of all runs; not the rows of the warehouse, nor captured requests.",
        ),
        "s3:ListBucket": Scope(resources=[platform.lake.bucket_arn]),
        # For the volumes of spaces, which EC2 encrypts.
        "kms:CreateGrant": Scope(
            resources=[platform.key.key_arn],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
        "kms:*": Scope(resources=[platform.key.key_arn]),
        "logs:*": Scope(
            resources=[
                stack.format_arn(
                    service="logs",
                    resource="log-group",
                    resource_name="/aws/sagemaker/*",
                    arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                )
            ],
            reason="SageMaker names the log groups and streams of jobs.",
        ),
        "sagemaker:*PipelineExecution*": Scope(
            resources=[arn("pipeline", own), arn("pipeline", f"{own}/execution/*")],
            reason="All pipelines of the environment and their executions, by their prefix.",
        ),
        "sagemaker:*ForExecution": Scope(
            resources=[arn("pipeline", f"{own}/execution/*")],
            reason="All executions of the environment's pipelines.",
        ),
        "sagemaker:DescribePipeline": pipelines,
        "sagemaker:Describe*Job": Scope(
            resources=[
                arn(kind, "pipelines-*")
                for kind in ("processing-job", "training-job", "transform-job")
            ],
            reason="SageMaker Pipelines names the jobs of executions pipelines-….",
        ),
        "sagemaker:*ModelPackageGroup": Scope(
            resources=[arn("model-package-group", own)], reason="All groups, by their prefix."
        ),
        "sagemaker:*ModelPackage": Scope(
            resources=[arn("model-package", f"{own}/*")], reason="All versions of these groups."
        ),
        "sagemaker:ListModelPackages": Scope(
            resources=[arn("model-package-group", own), arn("model-package", f"{own}/*")],
            reason="All versions of these groups.",
        ),
        "sagemaker:*Endpoint": Scope(
            resources=[arn("endpoint", own)], reason="All endpoints, by their prefix."
        ),
        **{
            f"sagemaker:Describe{kind.capitalize()}": Scope(
                resources=[arn(kind, "*")], reason=f"SageMaker names the {kind}s of the lineage."
            )
            for kind in ("artifact", "context")
        },
        "sagemaker:ListTags": Scope(
            resources=[arn(kind, "*") for kind in ("app", "domain", "space", "user-profile")],
            reason="Studio shows its resources.",
        ),
        **dict.fromkeys(
            ("sagemaker:List*", "sagemaker:QueryLineage"),
            Scope(resources=["*"], reason="SageMaker lists no single resource."),
        ),
        **_own_spaces(stack, arn("domain", "*")),
    }


def _own_spaces(stack: cdk.Stack, domains: str) -> dict[str, Scope]:
    """Return the scopes of the user's own spaces and apps, which Studio manages with this role.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
    """

    def arn(kind: str) -> str:
        return stack.format_arn(service="sagemaker", resource=kind, resource_name="*")

    profile = "${sagemaker:DomainId}/${sagemaker:UserProfileName}"
    owner = arn("user-profile").removesuffix("*") + profile
    reason = "Names of spaces and apps; the condition limits them to those of the user."
    own = {"ArnLike": {"sagemaker:OwnerUserProfileArn": owner}}
    described = [arn("app"), arn("space"), arn("user-profile"), domains]
    return {
        "sagemaker:Describe*": Scope(resources=described, reason="Studio shows its resources."),
        "sagemaker:AddTags": Scope(
            resources=[arn("app"), arn("space")],
            reason="Only while the user creates a space or an app.",
            conditions={"StringEquals": {"sagemaker:TaggingAction": ["CreateApp", "CreateSpace"]}},
        ),
        "sagemaker:*App": Scope(resources=[arn("app")], reason=reason, conditions=own),
        "sagemaker:*Space": Scope(resources=[arn("space")], reason=reason, conditions=own),
    }
