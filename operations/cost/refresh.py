"""Reads the prices of the table again from the Price List API.

Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
"""

from __future__ import annotations

from typing import Any

from operations.hourly_prices import (
    HourlyCost,
    cluster_nodes,
    endpoint_instances,
    interface_endpoints,
    job_instances,
    nat_gateways,
)
from prices import Price, PriceTable

SOURCE = (
    "https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/"
    "API_pricing_GetProducts.html"
)
_JOBS = ("processing", "training", "transform")


def refreshed(
    table: PriceTable, names: set[str], client: Any, *, today: str
) -> tuple[PriceTable, list[str]]:
    """Return the table with the hourly prices of today, and the names that were not found.

    `names` are the prices to read. A price that is not found stays as it is.
    """
    prices, missing = dict(table.prices), []
    for name in sorted(names):
        product = product_of(name)
        usd = product.price(client, table.region) if product else None
        if usd is None:
            missing.append(name)
        else:
            prices[name] = Price(usd=usd, unit="hour", read=today, source=SOURCE)
    return PriceTable(table.region, prices), missing


def product_of(name: str) -> HourlyCost | None:
    """Return the product of the price list that a price is for; None if it has no filters."""
    first, _, instance_type = name.rpartition(" ")
    if first in _JOBS:
        return job_instances(first, instance_type)
    if first == "hosting":
        return endpoint_instances(instance_type, 1)
    if first == "Redshift node":
        return cluster_nodes(instance_type, 1)
    return {"interface endpoint": interface_endpoints(1), "NAT gateway": nat_gateways(1)}.get(name)
