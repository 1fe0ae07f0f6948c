"""What the commands of a stage may do in the account of their environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from stacks.config import Environment
from stacks.delivery.names import account_of, bootstrap_roles
from stacks.delivery.stages import Access

_READ_STACKS = (
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "cloudformation:ListStackResources",
)


# `redline protection`, with which `make deploy` begins and ends.
_PROTECT = (
    "cloudformation:GetStackPolicy",
    "cloudformation:SetStackPolicy",
    "cloudformation:UpdateTerminationProtection",
)


def statements(
    stack: cdk.Stack, environment: Environment, access: Access
) -> list[iam.PolicyStatement]:
    """Return the statements of the role for `access` to an environment."""
    return _STATEMENTS[access](stack, environment)


def _deploy(stack: cdk.Stack, environment: Environment) -> list[iam.PolicyStatement]:
    """`make deploy`: the CLI assumes the roles of `cdk bootstrap`; `orphans` deletes stacks."""
    region = environment.region
    roles = bootstrap_roles(account_of(environment), region, "deploy", "file-publishing", "lookup")
    own = _stacks(stack, environment)
    found = [
        iam.PolicyStatement(actions=["sts:AssumeRole"], resources=roles),
        # Without the name of a stack, the request is for all stacks.
        iam.PolicyStatement(actions=["cloudformation:DescribeStacks"], resources=["*"]),
        iam.PolicyStatement(actions=list(_PROTECT), resources=[own]),
    ]
    if environment.retention.removal == "destroy":
        found.append(iam.PolicyStatement(actions=["cloudformation:DeleteStack"], resources=[own]))
    return [*found, *_review(stack, environment)]


def _review(stack: cdk.Stack, environment: Environment) -> list[iam.PolicyStatement]:
    """`make diff`: compares templates. No role of `cdk bootstrap`, because code that is reviewed is
    not approved: the CLI then compares with these permissions.
    """
    return [
        iam.PolicyStatement(actions=["cloudformation:ListStacks"], resources=["*"]),
        iam.PolicyStatement(actions=list(_READ_STACKS), resources=[_stacks(stack, environment)]),
    ]


def _use(stack: cdk.Stack, environment: Environment) -> list[iam.PolicyStatement]:
    """`redline start` and `redline predict`: run pipelines, read the results, invoke endpoints."""

    def own(kind: str, more: str = "") -> str:
        name = f"redline-{environment.name}-*{more}"
        return stack.format_arn(service="sagemaker", resource=kind, resource_name=name)

    jobs = [
        stack.format_arn(service="sagemaker", resource=kind, resource_name="pipelines-*")
        for kind in ("processing-job", "training-job", "transform-job")
    ]
    return [
        iam.PolicyStatement(
            actions=[
                "cloudformation:DescribeStacks",
                "sagemaker:ListEndpoints",
                "sagemaker:ListPipelines",
            ],
            resources=["*"],
        ),
        iam.PolicyStatement(
            actions=["sagemaker:DescribePipeline", "sagemaker:StartPipelineExecution"],
            resources=[own("pipeline")],
        ),
        iam.PolicyStatement(
            actions=[
                "sagemaker:DescribePipelineDefinitionForExecution",
                "sagemaker:DescribePipelineExecution",
                "sagemaker:ListPipelineExecutionSteps",
                "sagemaker:ListPipelineParametersForExecution",
            ],
            resources=[own("pipeline", "/execution/*")],
        ),
        iam.PolicyStatement(
            actions=[
                "sagemaker:DescribeProcessingJob",
                "sagemaker:DescribeTrainingJob",
                "sagemaker:DescribeTransformJob",
            ],
            resources=jobs,
        ),
        iam.PolicyStatement(
            actions=["sagemaker:DescribeModelPackage"], resources=[own("model-package", "/*")]
        ),
        iam.PolicyStatement(actions=["sagemaker:InvokeEndpoint"], resources=[own("endpoint")]),
    ]


def _stacks(stack: cdk.Stack, environment: Environment) -> str:
    return stack.format_arn(
        service="cloudformation",
        resource="stack",
        resource_name=f"redline-{environment.name}-*/*",
    )


_STATEMENTS: Mapping[Access, Callable[[cdk.Stack, Environment], list[iam.PolicyStatement]]] = {
    "deploy": _deploy,
    "review": _review,
    "use": _use,
}
