"""Finds the VPC endpoint through which a request reaches its service.

A request takes the gateway endpoint of its route table, else the interface endpoint of its VPC
(private DNS), else the internet by a NAT gateway. Otherwise there is no path, and the connection
times out on AWS. https://docs.aws.amazon.com/vpc/latest/privatelink/vpce-interface.html,
https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
"""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import InvalidSubnetIdError
from moto.ec2.models import ec2_backends

from local_cloud.errors import LocalCloudError
from local_cloud.network.security_groups import (
    allows_between,
    allows_to_addresses,
    allows_to_prefix_list,
)
from local_cloud.network.session_networks import Network

# The service of an action -> the last part of the name of its endpoint, if the two differ.
# https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
_ENDPOINTS = {"cloudwatch": "monitoring", "sagemaker": "sagemaker.api"}
_ENDPOINTS_OF_ACTIONS = {
    **{
        f"sagemaker:{action}": "sagemaker.featurestore-runtime"
        for action in ("BatchGetRecord", "DeleteRecord", "GetRecord", "PutRecord")
    },
    "sagemaker:InvokeEndpoint": "sagemaker.runtime",
    "sagemaker:InvokeEndpointAsync": "sagemaker.runtime",
    "sagemaker:BatchPutMetrics": "sagemaker.metrics",
}
_EVERYWHERE = "0.0.0.0/0"


class Unreachable(LocalCloudError):
    """A request has no path from its network to the service."""


def find_endpoint(network: Network, action: str, account: str, region: str) -> Any | None:
    """Return moto's endpoint for the request, or None if it uses the internet.

    Raises `Unreachable`, with the reason.
    """
    ec2 = ec2_backends[account][region]
    service = action.partition(":")[0]
    suffix = _ENDPOINTS_OF_ACTIONS.get(action, _ENDPOINTS.get(service, service))
    subnets = [_subnet(ec2, name) for name in network.subnets]
    tables = [_route_table(ec2, subnet) for subnet in subnets]
    of_service = [
        endpoint
        for endpoint in list(ec2.vpc_end_points.values())
        if endpoint.vpc_id == subnets[0].vpc_id
        and endpoint.service_name == f"com.amazonaws.{region}.{suffix}"
    ]
    for endpoint in of_service:
        if _is_gateway(endpoint) and all(table.id in endpoint.route_table_ids for table in tables):
            _check_gateway(ec2, network, endpoint, suffix)
            return endpoint
    for endpoint in of_service:
        if not _is_gateway(endpoint):
            _check_interface(ec2, network, endpoint)
            return endpoint
    _check_internet(ec2, network, tables, suffix)
    return None


def _is_gateway(endpoint: Any) -> bool:
    # Gateway is the default type of CreateVpcEndpoint.
    return (endpoint.vpc_endpoint_type or "Gateway") == "Gateway"


def _subnet(ec2: Any, name: str) -> Any:
    try:
        return ec2.get_subnet(name)
    except InvalidSubnetIdError as error:
        raise Unreachable(f"the subnet {name} does not exist") from error


def _route_table(ec2: Any, subnet: Any) -> Any:
    """Return the route table of a subnet: its own, or the main table of the VPC."""
    tables = [each for each in list(ec2.route_tables.values()) if each.vpc_id == subnet.vpc_id]
    own = [each for each in tables if subnet.id in each._associations.values()]
    return (own or [each for each in tables if each.main_association_id])[0]


def _check_gateway(ec2: Any, network: Network, endpoint: Any, suffix: str) -> None:
    allowed = allows_to_prefix_list(ec2, network.groups) or allows_to_addresses(
        ec2, network.groups, _EVERYWHERE
    )
    if not allowed:
        raise Unreachable(
            f"no egress rule of {', '.join(network.groups)} allows TLS to {suffix}, whose gateway "
            f"endpoint is {endpoint.id}"
        )


def _check_interface(ec2: Any, network: Network, endpoint: Any) -> None:
    addresses = ec2.vpcs[endpoint.vpc_id].cidr_block
    if not allows_between(ec2, network.groups, endpoint.security_group_ids, addresses):
        raise Unreachable(
            f"the rules of {', '.join((*network.groups, *endpoint.security_group_ids))} do not "
            f"allow TLS to the endpoint {endpoint.id}"
        )


def _check_internet(ec2: Any, network: Network, tables: list[Any], suffix: str) -> None:
    has_route = all(
        any(
            route.destination_cidr_block == _EVERYWHERE and route.nat_gateway is not None
            for route in table.routes
        )
        for table in tables
    )
    if not has_route:
        raise Unreachable(
            f"{tables[0].vpc_id} has no endpoint of {suffix}, and {tables[0].id} no route to a NAT "
            "gateway"
        )
    if not allows_to_addresses(ec2, network.groups, _EVERYWHERE):
        raise Unreachable(
            f"no egress rule of {', '.join(network.groups)} allows TLS to the internet"
        )
