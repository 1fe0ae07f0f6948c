"""The services of the VPC endpoints must exist in every zone of the subnets.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html
(`AvailabilityZones` of a service: the zones in which an interface endpoint can have a subnet).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from operations.assembly import Resource
from operations.preflight.check import Account, Check, Result
from operations.preflight.subnets import zones_by_any_name, zones_of

_KIND = "AWS::EC2::VPCEndpoint"
_REMEDY = "choose other zones in stacks/environments.py"


def _run(account: Account) -> Iterator[Result]:
    # All services, because a request with the name of a missing service fails.
    details = account.aws.list_all("ec2", "describe_vpc_endpoint_services", "ServiceDetails")
    services: dict[tuple[str, str], dict[str, Any]] = {
        (each["ServiceName"], kind["ServiceType"]): each
        for each in details
        for kind in each["ServiceType"]
    }
    known = zones_by_any_name(account)
    for endpoint in account.needs.resources(_KIND):
        name = account.needs.text(endpoint.properties["ServiceName"])
        kind = endpoint.properties.get("VpcEndpointType", "Gateway")
        zones = {known[zone].name for zone in _zones(account, endpoint) if zone in known}
        yield _result(name, kind, services.get((name, kind)), zones)


def _result(name: str, kind: str, service: dict[str, Any] | None, zones: set[str]) -> Result:
    if service is None:
        remedy = "choose another region, or remove what needs the service"
        return name, "fails", f"the region has no {kind.lower()} endpoint of this service", remedy
    missing = sorted(zones - set(service["AvailabilityZones"])) if kind == "Interface" else []
    if missing:
        return name, "fails", f"not in the zones {', '.join(missing)}", _REMEDY
    where = f"in {', '.join(sorted(zones))}" if zones else "in the region"
    return name, "ok", f"{kind.lower()} endpoint {where}", ""


def _zones(account: Account, endpoint: Resource) -> list[str]:
    return zones_of(account.needs, endpoint)


CHECK = Check("endpoint services", _run)
