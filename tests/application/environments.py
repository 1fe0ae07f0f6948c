"""Fixed environments, which a user's changes do not affect. Together they use every setting."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from stacks.config import (
    Budget,
    Environment,
    Network,
    Pause,
    Pipeline,
    Retention,
    Schedule,
    Serving,
    Studio,
    Warehouse,
)
from warehouse.schema import Migration, read_migrations
from warehouse.sql_splitter import split_statements

# The root of the pipelines of these environments.
ROOT = Path(__file__).parent / "fixed_pipelines"


def _migrations() -> list[Migration]:
    """Return the migrations of the warehouse, and one for the tables of the fixed pipelines."""
    text = Path(__file__).with_name("tables.sql").read_text()
    found, digest = read_migrations(), hashlib.sha256(text.encode()).hexdigest()
    tables = Migration(len(found) + 1, "tables.sql", digest, tuple(split_statements(text)))
    return [*found, tables]


# The arguments of `build_app` and `synthesise` for these environments.
FIXED: dict[str, Any] = {
    "root": ROOT,
    "migrations": _migrations(),
    "described": ROOT.with_name("existing_warehouses"),
}

DAILY = Schedule(expression="rate(1 day)")
WEEKLY = Schedule(expression="cron(0 5 ? * MON *)")
OFF = replace(WEEKLY, enabled=False)

NIGHTS = Pause(pauses="cron(0 20 ? * * *)", resumes="cron(0 4 ? * MON-FRI *)")

DEMAND = Pipeline(
    name="demand",
    schedule=DAILY,
    serving=Serving(
        min_instances=2,
        initial_instances=2,
        max_instances=4,
        canary_percent=50,
        bake_seconds=2,
        capture_percent=100,
    ),
)
BATCH = Pipeline(name="demand-batch", models_of="demand", schedule=DAILY)
MONITOR = Pipeline(name="demand-monitor", models_of="demand", retrains=True, schedule=DAILY)
QUALITY = Pipeline(name="demand-quality", models_of="demand", schedule=DAILY)
FILES = Pipeline(name="files", schedule=DAILY)
QUEUED = Pipeline(name="queued", schedule=DAILY)

# Each feature once. Resources are deleted with their stacks. The laptop cloud runs it.
BASIC = Environment(
    name="basic",
    region="us-east-1",
    owner="data-science",
    cost_center="none",
    network=Network(cidr="10.50.0.0/16", availability_zones=("us-east-1a", "us-east-1b")),
    warehouse=Warehouse(node_type="ra3.large", nodes=1, snapshot_retention_days=1),
    retention=Retention(removal="destroy", run_days=30, log_days=7),
    generated_data=True,
    pipelines=(DEMAND, BATCH, MONITOR, FILES, QUEUED),
)
# Internet access, a warehouse that is paused, disabled schedules, one instance for the endpoint.
INTERNET = replace(
    BASIC,
    name="internet",
    network=replace(BASIC.network, nat_gateways=1),
    warehouse=replace(BASIC.warehouse, pause=NIGHTS),
    pipelines=(
        replace(DEMAND, schedule=OFF, serving=Serving(bake_seconds=60)),
        replace(BATCH, schedule=OFF),
        replace(MONITOR, schedule=OFF, retrains=False),
        replace(QUALITY, schedule=OFF),
    ),
)
# Data is retained; several nodes, three zones, addresses for alerts.
RETAINED = replace(
    BASIC,
    name="retained",
    owner="machine-learning",
    network=Network(
        cidr="10.51.0.0/16", availability_zones=("us-east-1a", "us-east-1b", "us-east-1c")
    ),
    warehouse=Warehouse(node_type="ra3.large", nodes=2, snapshot_retention_days=35),
    retention=Retention(removal="retain", run_days=365, log_days=365),
    generated_data=False,
    alert_emails=("ml-alerts@example.com", "on-call@example.com"),
    budget=Budget(monthly_usd=3000),
    studio=Studio(users=("ada", "grace"), idle_minutes=90),
    pipelines=(
        replace(
            DEMAND,
            schedule=WEEKLY,
            protected=True,
            parameters={"ProcessingInstanceCount": 2},
            serving=Serving(
                instance_type="ml.m5.xlarge",
                min_instances=4,
                initial_instances=4,
                max_instances=12,
                canary_percent=25,
                bake_seconds=600,
                capture_percent=20,
            ),
        ),
        BATCH,
        MONITOR,
    ),
)
# A workgroup needs three zones, and a pipeline must unload its rows. The endpoint serves a
# registered model for which no step has created a SageMaker model.
SERVERLESS = replace(
    BASIC,
    name="serverless",
    network=RETAINED.network,
    warehouse=Warehouse(kind="serverless", base_capacity=8),
    pipelines=(
        replace(DEMAND, options={"extraction": "unload", "model": "registered"}),
        BATCH,
        MONITOR,
        FILES,
        QUEUED,
    ),
)

# Feature groups, of which one has a stream. Tests of a few templates use it.
STORED = replace(BASIC, pipelines=(Pipeline(name="stored", schedule=DAILY),))

ENVIRONMENTS = {each.name: each for each in (BASIC, INTERNET, RETAINED, SERVERLESS)}
PROVISIONED = tuple(
    name for name, each in ENVIRONMENTS.items() if each.warehouse.kind == "provisioned"
)
