"""The zones of subnets, in the templates and in the account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from operations.assembly import Assembly, Resource
from operations.preflight.check import Account

SUBNET = "AWS::EC2::Subnet"


@dataclass(frozen=True)
class Zone:
    """An available zone of the account."""

    name: str
    id: str


def zones_by_any_name(account: Account) -> dict[str, Zone]:
    """Return the available zones of the account, each by its name and by its id."""
    found = account.aws.clients("ec2").describe_availability_zones()["AvailabilityZones"]
    zones = [
        Zone(each["ZoneName"], each["ZoneId"]) for each in found if each["State"] == "available"
    ]
    return {key: zone for zone in zones for key in (zone.name, zone.id)}


def zones_of_subnets(needs: Assembly) -> list[str]:
    """Return the zones of all subnets, by the names or ids in the templates."""
    return _zones(needs.resources(SUBNET))


def zones_of(needs: Assembly, endpoint: Resource) -> list[str]:
    """Return the zones of the subnets in `SubnetIds` of a resource."""
    found = [needs.referenced(endpoint, each) for each in endpoint.properties.get("SubnetIds", [])]
    return _zones(each for each in found if each)


def _zones(subnets: Iterable[Resource]) -> list[str]:
    named = ("AvailabilityZone", "AvailabilityZoneId")
    zones = (each.properties.get(name) for each in subnets for name in named)
    return sorted({zone for zone in zones if zone})
