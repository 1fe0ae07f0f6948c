"""The zones of the subnets must exist in the account. Zone names differ between accounts.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html
"""

from __future__ import annotations

from collections.abc import Iterator

from operations.preflight.check import Account, Check, Result
from operations.preflight.subnets import zones_by_any_name, zones_of_subnets


def _run(account: Account) -> Iterator[Result]:
    known = zones_by_any_name(account)
    for zone in zones_of_subnets(account.needs):
        found = known.get(zone)
        if found is None:
            available = ", ".join(sorted({each.name for each in known.values()}))
            remedy = "change network.availability_zones in stacks/environments.py"
            yield zone, "fails", f"not a zone of the account; its zones are {available}", remedy
        else:
            yield zone, "ok", f"{found.name} is {found.id}", ""


CHECK = Check("availability zones", _run)
