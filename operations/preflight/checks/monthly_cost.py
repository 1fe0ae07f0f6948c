"""The monthly cost of an idle environment, at the prices of the Price List API.

Usage is not included: jobs, queries of a serverless warehouse, data, requests. Source:
https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from operations.preflight.check import Account, Check, Result
from operations.preflight.definitions import endpoints

_HOURS = 730  # hours per month
# The Price List API has few endpoints; each returns the prices of all regions.
_PRICES_REGION = "us-east-1"


@dataclass(frozen=True)
class HourlyCost:
    """Units that are billed by the hour, and the filters that find their price."""

    subject: str
    units: int
    service: str
    filters: Mapping[str, str]


def _run(account: Account) -> Iterator[Result]:
    prices = _client(account)
    total = 0.0
    for cost in _costs(account):
        price = _price(prices, cost, account.needs.region)
        if price is None:
            found = f"the Price List API has no hourly price for {dict(cost.filters)}"
            yield cost.subject, "not checked", found, "look the price up on the service's page"
            continue
        month = price * cost.units * _HOURS
        total += month
        yield cost.subject, "note", f"{cost.units} × ${price:g} per hour: ${month:,.0f}", ""
    yield "all of them", "note", f"${total:,.0f} a month, without what depends on use", ""


def _client(account: Account) -> Any:
    client = account.aws.clients("pricing")
    if client.meta.region_name == _PRICES_REGION:
        return client
    create: Any = boto3.client
    return create("pricing", region_name=_PRICES_REGION)


def _costs(account: Account) -> Iterator[HourlyCost]:
    needs = account.needs
    for cluster in needs.resources("AWS::Redshift::Cluster"):
        node, nodes = cluster.properties["NodeType"], cluster.properties.get("NumberOfNodes", 1)
        filters = {"instanceType": node, "productFamily": "Compute Instance"}
        yield HourlyCost(f"warehouse: {node}", int(nodes), "AmazonRedshift", filters)
    for endpoint in endpoints(needs):
        filters = {"instanceName": endpoint.type, "component": "Hosting"}
        subject = f"endpoint {endpoint.endpoint}: {endpoint.type}"
        yield HourlyCost(subject, endpoint.initial, "AmazonSageMaker", filters)
    interfaces = sum(
        len(each.properties.get("SubnetIds", []))
        for each in needs.resources("AWS::EC2::VPCEndpoint")
        if each.properties.get("VpcEndpointType") == "Interface"
    )
    if interfaces:
        filters = {"productFamily": "VpcEndpoint", "endpointType": "PrivateLink"}
        yield HourlyCost("interface endpoints × zones", interfaces, "AmazonVPC", filters)
    gateways = len(list(needs.resources("AWS::EC2::NatGateway")))
    if gateways:
        filters = {"productFamily": "NAT Gateway", "operation": "NatGateway"}
        yield HourlyCost("NAT gateways", gateways, "AmazonEC2", filters)


def _price(client: Any, cost: HourlyCost, region: str) -> float | None:
    """Return the highest hourly on-demand price of the products that the filters find."""
    fields = {**cost.filters, "regionCode": region}
    pages = client.get_paginator("get_products").paginate(
        ServiceCode=cost.service,
        Filters=[{"Type": "TERM_MATCH", "Field": key, "Value": fields[key]} for key in fields],
    )
    products = (json.loads(text) for page in pages for text in page["PriceList"])
    return max((price for product in products for price in _hourly(product)), default=None)


def _hourly(product: Mapping[str, Any]) -> Iterator[float]:
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            if dimension["unit"].lower() in ("hrs", "hour", "hours"):
                yield float(dimension["pricePerUnit"]["USD"])


CHECK = Check("monthly cost", _run)
