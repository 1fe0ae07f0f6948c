"""Resources that are billed by the hour, and their prices from the Price List API.

Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from operations.environment_clients import EnvironmentClients

# The Price List API has few endpoints; each returns the prices of all regions.
_PRICES_REGION = "us-east-1"


@dataclass(frozen=True)
class HourlyCost:
    """Units that are billed by the hour, and the filters that find their price."""

    units: int
    service: str
    filters: Mapping[str, str]

    def price(self, client: Any, region: str) -> float | None:
        """Return the highest hourly on-demand price of one unit, or None without a price."""
        fields = {**self.filters, "regionCode": region}
        pages = client.get_paginator("get_products").paginate(
            ServiceCode=self.service,
            Filters=[{"Type": "TERM_MATCH", "Field": key, "Value": fields[key]} for key in fields],
        )
        products = (json.loads(text) for page in pages for text in page["PriceList"])
        return max((price for product in products for price in _hourly(product)), default=None)


def cluster_nodes(node_type: str, nodes: int) -> HourlyCost:
    """The nodes of a Redshift cluster."""
    filters = {"instanceType": node_type, "productFamily": "Compute Instance"}
    return HourlyCost(nodes, "AmazonRedshift", filters)


def endpoint_instances(instance_type: str, count: int) -> HourlyCost:
    """The instances of a SageMaker endpoint."""
    filters = {"instanceName": instance_type, "component": "Hosting"}
    return HourlyCost(count, "AmazonSageMaker", filters)


def job_instances(usage: str, instance_type: str) -> HourlyCost:
    """One instance of a processing, training or transform job."""
    component = "Batch Transform" if usage == "transform" else usage.title()
    return HourlyCost(1, "AmazonSageMaker", {"instanceName": instance_type, "component": component})


def interface_endpoints(count: int) -> HourlyCost:
    """Interface endpoints of a VPC, each counted once per zone."""
    filters = {"productFamily": "VpcEndpoint", "endpointType": "PrivateLink"}
    return HourlyCost(count, "AmazonVPC", filters)


def nat_gateways(count: int) -> HourlyCost:
    """NAT gateways."""
    filters = {"productFamily": "NAT Gateway", "operation": "NatGateway"}
    return HourlyCost(count, "AmazonEC2", filters)


def pricing_client(aws: EnvironmentClients) -> Any:
    """Return a client of the Price List API."""
    client = aws.clients("pricing")
    if client.meta.region_name == _PRICES_REGION:
        return client
    create: Any = boto3.client
    return create("pricing", region_name=_PRICES_REGION)


def _hourly(product: Mapping[str, Any]) -> Iterator[float]:
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            if dimension["unit"].lower() in ("hrs", "hour", "hours"):
                yield float(dimension["pricePerUnit"]["USD"])
