"""Endpoint configurations, which do not change after creation."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.context import Cloud
from local_cloud.sagemaker.api.pagination import in_window, ordered
from local_cloud.sagemaker.endpoints.endpoint_checks import check_config
from local_cloud.sagemaker.exceptions import ValidationFailed

Request = Mapping[str, Any]


@dataclass
class EndpointConfig:
    """An accepted CreateEndpointConfig request. Only its tags can change."""

    arn: str
    request: Request
    tags: list[dict[str, str]]
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def name(self) -> str:
        """The configuration's name."""
        name: str = self.request["EndpointConfigName"]
        return name

    def describe(self) -> dict[str, Any]:
        """Perform DescribeEndpointConfig."""
        variants = [
            {"InitialVariantWeight": 1.0, **variant}
            for variant in self.request["ProductionVariants"]
        ]
        given = {name: value for name, value in self.request.items() if name != "Tags"}
        return {**given, **self.summary(), "ProductionVariants": variants}

    def summary(self) -> dict[str, Any]:
        """Return an EndpointConfigSummary."""
        return {
            "EndpointConfigName": self.name,
            "EndpointConfigArn": self.arn,
            "CreationTime": self.created,
        }


class Configs:
    """The endpoint configurations of one account and region, by name."""

    def __init__(self, cloud: Cloud, arn_prefix: str) -> None:
        self.by_name: dict[str, EndpointConfig] = {}
        self._cloud = cloud
        self._arn_prefix = f"{arn_prefix}:endpoint-config"
        self._lock = threading.Lock()

    def create(self, request: Request) -> EndpointConfig:
        """Perform CreateEndpointConfig. Raises `ValidationFailed`."""
        check_config(request)
        for variant in request["ProductionVariants"]:
            self._check_model(variant["ModelName"])
        name, tags = request["EndpointConfigName"], list(request.get("Tags") or [])
        config = EndpointConfig(arn=f"{self._arn_prefix}/{name}", request=request, tags=tags)
        with self._lock:
            if name in self.by_name:
                raise ValidationFailed(
                    f'Cannot create already existing endpoint configuration "{config.arn}".'
                )
            self.by_name[name] = config
        return config

    def find(self, name: str) -> EndpointConfig:
        """Return a configuration by name. Raises `ValidationFailed` for an unknown name."""
        if name not in self.by_name:
            raise ValidationFailed(
                f'Could not find endpoint configuration "{self._arn_prefix}/{name}".'
            )
        return self.by_name[name]

    def delete(self, name: str) -> None:
        """Perform DeleteEndpointConfig. Endpoints that use it stay in service."""
        self.find(name)
        del self.by_name[name]

    def summaries(self, request: Request) -> list[dict[str, Any]]:
        """Perform ListEndpointConfigs, before pagination."""
        shown = [config.summary() for config in list(self.by_name.values())]
        wanted = [
            entry
            for entry in shown
            if request.get("NameContains", "").lower() in entry["EndpointConfigName"].lower()
            and in_window(entry, request, "CreationTime")
        ]
        return ordered(wanted, request, by={"Name": "EndpointConfigName"})

    def _check_model(self, name: str) -> None:
        try:
            self._cloud.client("sagemaker").describe_model(ModelName=name)
        except ClientError as error:
            raise ValidationFailed(error.response["Error"]["Message"]) from error
