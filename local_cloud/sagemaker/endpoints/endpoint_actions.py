"""The SageMaker API actions for endpoints and endpoint configurations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.models import sagemaker_backends

from local_cloud.sagemaker.api.pagination import paged
from local_cloud.sagemaker.endpoints.endpoint_store import EndpointStore


class EndpointActions:
    """A mixin for the responses of the SageMaker API."""

    # These methods and attributes are defined by moto's responses.
    current_account: str
    region: str
    params: Mapping[str, Any]

    @property
    def _store(self) -> EndpointStore:
        store: EndpointStore = sagemaker_backends[self.current_account][self.region].hosting
        return store

    def create_endpoint_config(self) -> ActionResult:
        """Perform CreateEndpointConfig."""
        config = self._store.configs.create(self.params)
        return ActionResult({"EndpointConfigArn": config.arn})

    def describe_endpoint_config(self) -> ActionResult:
        """Perform DescribeEndpointConfig."""
        config = self._store.configs.find(self.params["EndpointConfigName"])
        return ActionResult(config.describe())

    def delete_endpoint_config(self) -> ActionResult:
        """Perform DeleteEndpointConfig."""
        self._store.configs.delete(self.params["EndpointConfigName"])
        return EmptyResult()

    def list_endpoint_configs(self) -> ActionResult:
        """Perform ListEndpointConfigs."""
        found = self._store.configs.summaries(self.params)
        return ActionResult(paged(found, self.params, result="EndpointConfigs"))

    def create_endpoint(self) -> ActionResult:
        """Perform CreateEndpoint."""
        return ActionResult({"EndpointArn": self._store.create(self.params).arn})

    def describe_endpoint(self) -> ActionResult:
        """Perform DescribeEndpoint."""
        return ActionResult(self._store.find(self.params["EndpointName"]).describe())

    def update_endpoint(self) -> ActionResult:
        """Perform UpdateEndpoint."""
        return ActionResult({"EndpointArn": self._store.update(self.params).arn})

    def update_endpoint_weights_and_capacities(self) -> ActionResult:
        """Perform UpdateEndpointWeightsAndCapacities."""
        return ActionResult({"EndpointArn": self._store.change_capacities(self.params).arn})

    def delete_endpoint(self) -> ActionResult:
        """Perform DeleteEndpoint."""
        self._store.delete(self.params["EndpointName"])
        return EmptyResult()

    def list_endpoints(self) -> ActionResult:
        """Perform ListEndpoints."""
        found = self._store.summaries(self.params)
        return ActionResult(paged(found, self.params, result="Endpoints"))
