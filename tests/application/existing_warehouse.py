"""Environments whose VPC and warehouse exist before the environment."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from stacks.config import Environment, Lake, Warehouse
from tests.application.environments import FILES, FIXED
from tests.application.existing_network import PIPELINES, in_network
from tests.synthesis import Synthesised, synthesise

CLUSTER, DATABASE, GROUP = "analytics-prod", "analytics", "sg-0123456789abcdef0"
GIVEN: dict[str, Any] = {"folder": "analytics", "cluster": CLUSTER, "database": DATABASE}
OWN: dict[str, Any] = {"schema": "redline", "database_user": "redline_owner"}
SECRET, KEY = "redline/owner-AbCdEf", "01234567-89ab-cdef-0123-456789abcdef"
BUCKET, LAKE_KEY = "analytics-lake", "89abcdef-0123-4567-89ab-0123456789ab"
LAKE = Lake(existing_bucket=BUCKET, existing_key_id=LAKE_KEY)
# A workgroup has no Redshift dataset.
UNLOADED = replace(PIPELINES[0], options={"extraction": "unload"})
WORKGROUP_ID = "76543210-89ab-cdef-0123-456789abcdef"
WAREHOUSES = {
    "cluster": Warehouse.existing(
        **GIVEN, **OWN, security_group_id=GROUP, secret=SECRET, key_id=KEY
    ),
    "role": Warehouse.existing(**GIVEN, role="service-role/AnalyticsLake"),
    "workgroup": Warehouse.existing(
        folder="analytics",
        workgroup="analytics-adhoc",
        workgroup_id=WORKGROUP_ID,
        database=DATABASE,
        role="service-role/AnalyticsLake",
        secret=SECRET,
        **OWN,
    ),
    "user": Warehouse.existing(**GIVEN, **OWN),
}


def in_warehouse(name: str) -> Environment:
    """Return the environment in the warehouse of that name, and in an existing VPC.

    That of `cluster` also has an existing bucket and key.
    """
    warehouse = WAREHOUSES[name]
    return replace(
        in_network("endpoints"),
        name=name,
        warehouse=warehouse,
        lake=LAKE if name == "cluster" else Lake(),
        generated_data=False,
        pipelines=(UNLOADED, FILES) if warehouse.workgroup else PIPELINES,
    )


@cache
def existing(name: str) -> Synthesised:
    """Return the environment of that name, synthesised."""
    return synthesise(in_warehouse(name), **FIXED)
