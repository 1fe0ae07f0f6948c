"""The function in front of an endpoint, for requests that have only identifiers."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from pipeline_code.feature_groups import FeatureGroup, read_feature_groups
from pipeline_code.pipelines import folder_of
from stacks.common.permissions import Scope, derived_policy
from stacks.common.python_function import Caller, PythonFunction
from stacks.config import OnlineFeatures as Settings
from stacks.config import refuse
from stacks.platform import Platform

_ACTIONS = ("kms:Decrypt", "sagemaker:BatchGetRecord", "sagemaker:InvokeEndpoint")


class OnlineFeatures(Construct):
    """`function` reads the features of a request online, and calls the endpoint with whole rows."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        platform: Platform,
        endpoint: str,
        settings: Settings,
    ) -> None:
        super().__init__(scope, name)
        _check(platform, settings)
        group = platform.name_of(settings.group)
        worker = PythonFunction(
            self,
            "Function",
            handler="online_features",
            description="reads the features of a request, and calls the endpoint",
            timeout=cdk.Duration.seconds(60),
            memory_mb=512,
            retention=platform.retention,
            key=platform.key,
            caller=Caller.CLIENT,
            environment={
                "ENDPOINT_NAME": endpoint,
                "FEATURE_GROUP": group,
                "IDENTIFIER": settings.identifier,
                "COLUMNS": cdk.Stack.of(self).to_json_string(dict(settings.columns)),
            },
        )
        derived_policy(
            self,
            "Policy",
            role=worker.role,
            actions=_ACTIONS,
            scopes={
                "kms:Decrypt": Scope(resources=[platform.key.key_arn]),
                "sagemaker:BatchGetRecord": Scope(resources=[_arn(self, "feature-group", group)]),
                "sagemaker:InvokeEndpoint": Scope(resources=[_arn(self, "endpoint", endpoint)]),
            },
        )
        self.function = worker.function


def _arn(scope: Construct, resource: str, name: str) -> str:
    return cdk.Stack.of(scope).format_arn(
        service="sagemaker", resource=resource, resource_name=name
    )


def _check(platform: Platform, settings: Settings) -> None:
    """Check that the environment has the group with the features, and can read it online."""
    groups = {
        group.name: group
        for pipeline in platform.definitions
        for group in read_feature_groups(folder_of(pipeline, platform.root))
        if group.online
    }
    group = groups.get(settings.group)
    if group is None:
        raise refuse(
            "serving.features.group",
            settings.group,
            allowed=", ".join(groups)
            or "none: no pipeline of the environment declares an online feature group",
            remedy="add the pipeline that declares the group to the environment",
        )
    for feature in _missing(group, settings):
        raise refuse(
            "serving.features.columns",
            feature,
            allowed=f"the features of {group.name}: {', '.join(group.features)}",
            remedy="correct the name of the feature",
        )


def _missing(group: FeatureGroup, settings: Settings) -> list[str]:
    return [each for each in settings.columns.values() if each not in group.features]
