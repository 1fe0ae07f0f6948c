"""The monthly cost of an idle environment, at the prices of the Price List API.

Usage is not included: jobs, queries of a serverless warehouse, data, requests.
"""

from __future__ import annotations

from collections.abc import Iterator

from operations.hourly_prices import (
    HourlyCost,
    cluster_nodes,
    endpoint_instances,
    interface_endpoints,
    nat_gateways,
    pricing_client,
)
from operations.preflight.check import Account, Check, Result
from operations.preflight.definitions import endpoints
from prices import HOURS_PER_MONTH


def _run(account: Account) -> Iterator[Result]:
    prices = pricing_client(account.aws)
    total = 0.0
    for subject, cost in _costs(account):
        price = cost.price(prices, account.needs.region)
        if price is None:
            found = f"the Price List API has no hourly price for {dict(cost.filters)}"
            yield subject, "not checked", found, "look the price up on the service's page"
            continue
        month = price * cost.units * HOURS_PER_MONTH
        total += month
        yield subject, "note", f"{cost.units} × ${price:g} per hour: ${month:,.0f}", ""
    yield "all of them", "note", f"${total:,.0f} a month, without what depends on use", ""


def _costs(account: Account) -> Iterator[tuple[str, HourlyCost]]:
    """Yield the subject and the cost of each kind of resource."""
    needs = account.needs
    for cluster in needs.resources("AWS::Redshift::Cluster"):
        node, nodes = cluster.properties["NodeType"], cluster.properties.get("NumberOfNodes", 1)
        yield f"warehouse: {node}", cluster_nodes(node, int(nodes))
    for endpoint in endpoints(needs):
        subject = f"endpoint {endpoint.endpoint}: {endpoint.type}"
        yield subject, endpoint_instances(endpoint.type, endpoint.initial)
    interfaces = sum(
        len(each.properties.get("SubnetIds", []))
        for each in needs.resources("AWS::EC2::VPCEndpoint")
        if each.properties.get("VpcEndpointType") == "Interface"
    )
    if interfaces:
        yield "interface endpoints × zones", interface_endpoints(interfaces)
    gateways = len(list(needs.resources("AWS::EC2::NatGateway")))
    if gateways:
        yield "NAT gateways", nat_gateways(gateways)


CHECK = Check("monthly cost", _run)
