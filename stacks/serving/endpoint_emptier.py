"""Ties the deployer's endpoint to its stack: the endpoint is updated and deleted with it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.common.custom_resource import custom_resource, resource_function
from stacks.common.permissions import Scope, derived_policy
from stacks.config import Retention
from stacks.serving.model_deployer import ModelDeployer, scalable_targets
from stacks.serving.rollback_alarms import all_alarms, rollback_alarms

_ACTIONS = (
    "application-autoscaling:DeregisterScalableTarget",
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DescribeAlarms",
    "lambda:InvokeFunction",
    "sagemaker:DeleteEndpoint",
    "sagemaker:DeleteEndpointConfig",
    "sagemaker:DeleteModel",
    "sagemaker:DescribeEndpoint",
    "sagemaker:ListEndpointConfigs",
    "sagemaker:ListModels",
)


class EndpointEmptier(Construct):
    """Deletes the endpoint, which CloudFormation does not manage, with its stack.

    A change of `requests` calls the deployer, so that an endpoint gets its new configuration.
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
        worker = resource_function(
            self,
            handler="empty_endpoint",
            description="removes an endpoint whose stack is about to be deleted",
            key=key,
            retention=retention,
        )
        granted = derived_policy(
            self,
            "Policy",
            role=worker.role,
            actions=_ACTIONS,
            scopes=_scopes(self, endpoint, deployer.function.function_arn),
        )
        emptied = custom_resource(
            self,
            "Emptied",
            kind="EmptyEndpoint",
            worker=worker,
            granted=granted,
            properties={
                "EndpointName": endpoint,
                "DeployerArn": deployer.function.function_arn,
                "Requests": requests,
            },
        )
        emptied.node.add_dependency(deployer.policy)
        for rule in deployer.rules:
            # Deletion is in reverse order: without the rules the deployer does not create the
            # endpoint again.
            rule.node.add_dependency(emptied)


def _scopes(scope: Construct, endpoint: str, deployer_arn: str) -> dict[str, Scope]:
    def arn(kind: str, name: str) -> str:
        stack = cdk.Stack.of(scope)
        return stack.format_arn(service="sagemaker", resource=kind, resource_name=name)

    return {
        "application-autoscaling:*": scalable_targets(scope),
        "cloudwatch:DescribeAlarms": all_alarms(scope),
        "cloudwatch:DeleteAlarms": rollback_alarms(scope, endpoint),
        "lambda:InvokeFunction": Scope(resources=[deployer_arn]),
        "sagemaker:List*": Scope(resources=["*"], reason="SageMaker lists no single resource."),
        "sagemaker:*Endpoint": Scope(resources=[arn("endpoint", endpoint)]),
        "sagemaker:*": Scope(
            resources=[arn(kind, f"{endpoint}-v*") for kind in ("endpoint-config", "model")],
            reason="All resources of the endpoint are deleted with it.",
        ),
    }
