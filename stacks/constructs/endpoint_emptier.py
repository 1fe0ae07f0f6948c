"""Ties an endpoint that the deployer makes to its stack: it follows it, and goes with it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.config import Retention
from stacks.constructs.acknowledge import acknowledge_wildcards
from stacks.constructs.inline_policy import inline_policy
from stacks.constructs.model_deployer import ModelDeployer
from stacks.constructs.python_function import Caller, PythonFunction


class EndpointEmptier(Construct):
    """Deletes the endpoint with its stack: CloudFormation does not know it, and it costs money.

    A change of `requests` wakes the deployer, so that an endpoint follows its configuration.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        endpoint: str,
        deployer: ModelDeployer,
        requests: str,
        key: kms.IKey,
        retention: Retention,
    ) -> None:
        super().__init__(scope, name)
        worker = PythonFunction(
            self,
            "Function",
            handler="empty_endpoint",
            shared=("custom_resource",),
            description="removes an endpoint whose stack is about to be deleted",
            timeout=cdk.Duration.minutes(15),
            retention=retention,
            key=key,
            caller=Caller.CLOUDFORMATION,
        )
        made = _made(self, endpoint)
        granted = inline_policy(
            self,
            "Policy",
            roles=[worker.role],
            statements=_statements(self, endpoint, made, deployer.function.function_arn),
        )
        emptied = cdk.CustomResource(
            self,
            "Emptied",
            resource_type="Custom::EmptyEndpoint",
            service_token=worker.function.function_arn,
            service_timeout=cdk.Duration.minutes(15),
            properties={
                "EndpointName": endpoint,
                "DeployerArn": deployer.function.function_arn,
                "Requests": requests,
            },
        )
        emptied.node.add_dependency(granted, deployer.policy)
        for rule in deployer.rules:
            # Deleted in reverse: without the rules nothing makes the endpoint again.
            rule.node.add_dependency(emptied)
        acknowledge_wildcards(granted, ["*"], "The lists of SageMaker have no ARN.")
        acknowledge_wildcards(granted, made, "Whatever was made for the endpoint goes with it.")


def _made(scope: Construct, endpoint: str) -> list[str]:
    """The ARNs of the endpoint's configurations and models."""
    return [
        cdk.Stack.of(scope).format_arn(
            service="sagemaker", resource=kind, resource_name=f"{endpoint}-v*"
        )
        for kind in ("endpoint-config", "model")
    ]


def _statements(
    scope: Construct, endpoint: str, made: list[str], deployer_arn: str
) -> list[iam.PolicyStatement]:
    arn = cdk.Stack.of(scope).format_arn(
        service="sagemaker", resource="endpoint", resource_name=endpoint
    )
    return [
        iam.PolicyStatement(
            actions=["sagemaker:ListEndpointConfigs", "sagemaker:ListModels"], resources=["*"]
        ),
        iam.PolicyStatement(
            actions=["sagemaker:DeleteEndpoint", "sagemaker:DescribeEndpoint"], resources=[arn]
        ),
        iam.PolicyStatement(
            actions=["sagemaker:DeleteEndpointConfig", "sagemaker:DeleteModel"], resources=made
        ),
        iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[deployer_arn]),
    ]
