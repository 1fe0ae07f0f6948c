"""Updates an endpoint to the newest approved package of its group when either changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.alerts.alarms import alarm_on_dead_letter_errors, alarm_on_messages
from stacks.alerts.dead_letters import dead_letters
from stacks.alerts.refused_models import alarm_on_refused_models, refusal_metric_scope
from stacks.common.permissions import Scope, derived_policy
from stacks.common.python_function import ONE_VCPU_MB, VERIFICATION, PythonFunction
from stacks.config import Retention
from stacks.serving.rollback_alarms import alarm_arn, rollback_alarms

_ACTIONS = (
    "application-autoscaling:DeregisterScalableTarget",
    "application-autoscaling:PutScalingPolicy",
    "application-autoscaling:RegisterScalableTarget",
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:PutMetricAlarm",
    "cloudwatch:PutMetricData",
    "iam:CreateServiceLinkedRole",
    "iam:PassRole",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    # For the key of captured data (Developer Guide, "How to use SageMaker AI execution roles").
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "s3:GetObject",
    "sagemaker:AddTags",
    "sagemaker:CreateEndpoint",
    "sagemaker:CreateEndpointConfig",
    "sagemaker:CreateModel",
    "sagemaker:DeleteEndpoint",
    "sagemaker:DeleteTags",
    "sagemaker:DescribeEndpoint",
    "sagemaker:DescribeEndpointConfig",
    "sagemaker:DescribeModelPackage",
    "sagemaker:ListEndpointConfigs",
    "sagemaker:ListModelPackages",
    "sagemaker:ListTags",
    "sagemaker:UpdateEndpoint",
    # Application Auto Scaling requires this of the principal that registers an endpoint (Developer
    # Guide, "Auto scaling prerequisites").
    "sagemaker:UpdateEndpointWeightsAndCapacities",
    "sagemaker:UpdateModelPackage",
    "sns:Publish",
)
# The deployer records refusals. It must not approve a package, and not change what was evaluated:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
_REFUSED, _DIGEST = "deployment_refused", "model_sha256"
_ONLY_REFUSALS = {
    "Null": {
        "sagemaker:ModelApprovalStatus": "true",
        f"sagemaker:CustomerMetadataProperties/{_DIGEST}": "true",
        "sagemaker:ModelLifeCycle:Stage": "true",
        "sagemaker:ModelLifeCycle:StageStatus": "true",
    },
    "ForAllValues:StringEquals": {"sagemaker:CustomerMetadataPropertiesToRemove": [_REFUSED]},
}
_SCALER = "sagemaker.application-autoscaling.amazonaws.com"
_SCALERS_ROLE = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"


@dataclass(frozen=True, kw_only=True)
class Served:
    """The input of the deployer: one endpoint, one group, and the resources that they need.

    `models` are the objects of the models in the group.
    """

    endpoint: str
    package_group: str
    models: Scope
    model_role: iam.IRole
    key: kms.IKey


class ModelDeployer(Construct):
    """The function, the rules that call it, and the queue of its failed events.

    `requests` are the parts of its requests that the stack sets (see lambda/deploy_model).
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        served: Served,
        requests: Mapping[str, Any],
        alerts: sns.ITopic,
        retention: Retention,
    ) -> None:
        super().__init__(scope, name)
        self._queue = dead_letters(self, "Failed")
        worker = PythonFunction(
            self,
            "Function",
            handler="deploy_model",
            shared=VERIFICATION,
            description="brings an endpoint to the newest approved model",
            timeout=cdk.Duration.minutes(5),
            memory_mb=ONE_VCPU_MB,
            retention=retention,
            key=served.key,
            dead_letters=self._queue,
            environment={
                "ENDPOINT_NAME": served.endpoint,
                "MODEL_PACKAGE_GROUP": served.package_group,
                "ALERT_TOPIC_ARN": alerts.topic_arn,
                "REQUESTS": cdk.Stack.of(self).to_json_string(dict(requests)),
            },
        )
        self.function = worker.function
        self.policy = derived_policy(
            self,
            "Policy",
            role=worker.role,
            actions=_ACTIONS,
            scopes=_scopes(self, served, alerts.topic_arn),
        )
        self.rules = [self._packages(served.package_group), self._endpoint(served.endpoint)]
        alarm_on_messages(
            self,
            "FailedAlarm",
            queue=self._queue,
            description=f"{served.endpoint} could not be deployed: see the queue's messages",
            runbook="failed-deployment",
            alerts=alerts,
        )
        alarm_on_refused_models(
            self,
            "RefusedAlarm",
            function=worker.function,
            group=served.package_group,
            alerts=alerts,
        )
        alarm_on_dead_letter_errors(
            self,
            "LostAlarm",
            function=worker.function,
            description=f"{served.endpoint} could not be deployed, and its dead-letter queue took "
            "no message: see whether the queue is there, and approve the package again",
            runbook="lost-deployment",
            alerts=alerts,
        )

    def _packages(self, group: str) -> events.Rule:
        return self._rule(
            "Packages",
            "A package was approved or rejected",
            "SageMaker Model Package State Change",
            {"ModelPackageGroupName": [group], "ModelApprovalStatus": ["Approved", "Rejected"]},
        )

    def _endpoint(self, endpoint: str) -> events.Rule:
        """Create the rule for the end of a deployment, after which a newer version is deployed."""
        return self._rule(
            "Endpoint",
            "The endpoint stands still",
            "SageMaker Endpoint State Change",
            {"EndpointName": [endpoint], "EndpointStatus": ["IN_SERVICE", "FAILED"]},
        )

    def _rule(
        self, name: str, description: str, detail_type: str, detail: dict[str, Any]
    ) -> events.Rule:
        target = targets.LambdaFunction(
            self.function,
            dead_letter_queue=self._queue,
            retry_attempts=3,
            max_event_age=cdk.Duration.hours(1),
        )
        return events.Rule(
            self,
            name,
            description=description,
            event_pattern=events.EventPattern(
                source=["aws.sagemaker"], detail_type=[detail_type], detail=detail
            ),
            targets=[target],
        )


def scalable_targets(scope: Construct) -> Scope:
    """Return the resource of SageMaker that Application Auto Scaling scales."""
    arn = cdk.Stack.of(scope).format_arn(
        service="application-autoscaling", resource="scalable-target", resource_name="*"
    )
    return Scope(
        resources=[arn],
        conditions={"StringEquals": {"application-autoscaling:service-namespace": "sagemaker"}},
        reason="Scalable targets have ids of their own.",
    )


def _scopes(scope: Construct, served: Served, topic_arn: str) -> dict[str, Scope]:
    return {
        **_sagemaker_scopes(scope, served),
        "cloudwatch:PutMetricData": refusal_metric_scope(),
        **_scaling_scopes(scope, served),
        "iam:PassRole": Scope(
            resources=[served.model_role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        ),
        # SageMaker uses the key of the instances' volumes with the identity that creates the
        # endpoint.
        "kms:CreateGrant": Scope(
            resources=[served.key.key_arn],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
        "kms:*": Scope(resources=[served.key.key_arn]),
        "s3:GetObject": served.models,
        "sns:Publish": Scope(resources=[topic_arn]),
    }


def _sagemaker_scopes(scope: Construct, served: Served) -> dict[str, Scope]:
    def arn(kind: str, name: str) -> str:
        stack = cdk.Stack.of(scope)
        return stack.format_arn(service="sagemaker", resource=kind, resource_name=name)

    made = f"{served.endpoint}-v*"
    packages = arn("model-package", f"{served.package_group}/*")
    endpoint, configs = arn("endpoint", served.endpoint), arn("endpoint-config", made)
    models = arn("model", made)
    reason = "Versions are numbered by the registry, and what is made for them is named after them."
    return {
        "sagemaker:ListEndpointConfigs": Scope(
            resources=["*"], reason="SageMaker lists no single configuration."
        ),
        "sagemaker:UpdateModelPackage": Scope(
            resources=[packages], conditions=_ONLY_REFUSALS, reason=reason
        ),
        "sagemaker:*ModelPackage*": Scope(resources=[packages], reason=reason),
        "sagemaker:CreateModel": Scope(resources=[models, packages], reason=reason),
        "sagemaker:*EndpointConfig": Scope(resources=[configs], reason=reason),
        "sagemaker:*": Scope(resources=[endpoint, configs, models], reason=reason),
    }


def _scaling_scopes(scope: Construct, served: Served) -> dict[str, Scope]:
    stack = cdk.Stack.of(scope)
    of_scaling = alarm_arn(scope, f"TargetTracking-endpoint/{served.endpoint}/*")
    return {
        "application-autoscaling:*": scalable_targets(scope),
        "cloudwatch:*": Scope(
            resources=[of_scaling, *rollback_alarms(scope, served.endpoint).resources],
            reason="Alarms are named after the configuration that is deployed; those of target "
            "tracking are named by the service.",
        ),
        "iam:CreateServiceLinkedRole": Scope(
            resources=[
                stack.format_arn(
                    service="iam",
                    region="",
                    resource="role",
                    resource_name=f"aws-service-role/{_SCALER}/{_SCALERS_ROLE}",
                )
            ],
            conditions={"StringEquals": {"iam:AWSServiceName": _SCALER}},
        ),
    }
