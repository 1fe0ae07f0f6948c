"""The supported operations: those of this package, and the operations of moto that have a test."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from moto.core.utils import camelcase_to_underscores, get_service_model

from local_cloud.athena.api.responses import QueryResponses
from local_cloud.authorization.simulation.responses import LaptopIamResponse
from local_cloud.cloudformation.responses import LaptopCloudFormationResponse
from local_cloud.codebuild.responses import BuildResponses
from local_cloud.crawlers.responses import CrawlerResponses
from local_cloud.emr.api.responses import ClusterResponses
from local_cloud.emr.serverless.responses import ServerlessResponses
from local_cloud.redshift.api.responses import DataApiResponse
from local_cloud.redshift.serverless.responses import ServerlessResponse
from local_cloud.sagemaker.api.responses import SageMakerResponses
from local_cloud.sagemaker.features.feature_store_runtime import FeatureStoreRuntimeResponse

_OWN_PACKAGE = "local_cloud."
# The response classes of this package, which replace moto's.
_RESPONSES: Mapping[str, type] = {
    "athena": QueryResponses,
    "emr": ClusterResponses,
    "emr-serverless": ServerlessResponses,
    "glue": CrawlerResponses,
    "iam": LaptopIamResponse,
    "cloudformation": LaptopCloudFormationResponse,
    "codebuild": BuildResponses,
    "redshift-data": DataApiResponse,
    "redshift-serverless": ServerlessResponse,
    "sagemaker": SageMakerResponses,
    "sagemaker-featurestore-runtime": FeatureStoreRuntimeResponse,
}
_WITHOUT_MOTO: Mapping[str, frozenset[str]] = {"sagemaker-runtime": frozenset({"InvokeEndpoint"})}


@cache
def moto_operations() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return the operations of moto that have a test: service -> kind of resource -> names."""
    document = tomllib.loads(Path(__file__).with_name("moto_operations.toml").read_text())
    return {
        service: {kind: frozenset(names) for kind, names in kinds.items()}
        for service, kinds in document.items()
    }


@cache
def supported_services() -> frozenset[str]:
    """Return botocore's names of the supported services."""
    return frozenset({*moto_operations(), *_RESPONSES, *_WITHOUT_MOTO})


@cache
def supported_operations(service: str) -> frozenset[str]:
    """Return the supported operations of a service; empty for an unsupported service."""
    moto = frozenset[str]().union(*moto_operations().get(service, {}).values())
    return moto | own_operations(service)


@cache
def own_operations(service: str) -> frozenset[str]:
    """Return the operations of a service that this package implements."""
    if service not in _RESPONSES:
        return _WITHOUT_MOTO.get(service, frozenset())
    methods = {
        name
        for kind in _RESPONSES[service].__mro__
        if kind.__module__.startswith(_OWN_PACKAGE)
        for name in vars(kind)
    }
    names = get_service_model(service).operation_names
    return frozenset(name for name in names if camelcase_to_underscores(name) in methods)
