"""The four environments: all differences between them, and nothing else.

Each function with `@ENVIRONMENTS.add` is one environment, which is created when it is used.
"""

from __future__ import annotations

from stacks.config import (
    Budget,
    Environment,
    Environments,
    Network,
    Pipeline,
    Retention,
    Schedule,
    Serving,
    Warehouse,
)

ENVIRONMENTS = Environments()


@ENVIRONMENTS.add
def local() -> Environment:
    return Environment(
        name="local",
        region="us-east-1",
        owner="data-science",
        cost_center="none",
        network=Network(
            cidr="10.40.0.0/16",
            availability_zones=("us-east-1a", "us-east-1b"),
            # As in the first release: a change would replace subnets that are in use.
            private_cidrs=("10.40.0.0/17", "10.40.128.0/17"),
        ),
        warehouse=Warehouse(node_type="ra3.large", nodes=1, snapshot_retention_days=1),
        retention=Retention(removal="destroy", run_days=30, log_days=7),
        generated_data=True,
        pipelines=(
            Pipeline(
                name="tickit",
                schedule=Schedule(expression="rate(1 day)"),
                # No artificial delays on the laptop: SageMaker would take minutes.
                serving=Serving(
                    min_instances=2,
                    initial_instances=2,
                    max_instances=4,
                    canary_percent=50,
                    bake_seconds=2,
                    capture_percent=100,
                ),
            ),
            # The sample data ends with 2008: its last month serves as the events to come.
            Pipeline(
                name="tickit-batch",
                models_of="tickit",
                schedule=Schedule(expression="rate(1 day)"),
                parameters={"FirstDay": "2008-12-01", "LastDay": "2008-12-31"},
            ),
            Pipeline(
                name="tickit-monitor",
                models_of="tickit",
                retrains=True,
                schedule=Schedule(expression="rate(1 day)"),
            ),
            Pipeline(name="insurance", schedule=Schedule(expression="rate(1 day)")),
            Pipeline(name="census", schedule=Schedule(expression="rate(1 day)")),
            Pipeline(name="bank", schedule=Schedule(expression="rate(1 day)")),
        ),
    )


@ENVIRONMENTS.add
def dev() -> Environment:
    return Environment(
        name="dev",
        region="us-east-1",
        owner="data-science",
        cost_center="research",
        # Jobs in dev may download packages; jobs of the other environments reach nothing outside
        # their VPC.
        network=Network(
            cidr="10.41.0.0/16",
            availability_zones=("us-east-1a", "us-east-1b"),
            nat_gateways=1,
            private_cidrs=("10.41.0.0/18", "10.41.64.0/18"),
            public_cidrs=("10.41.128.0/18", "10.41.192.0/18"),
        ),
        warehouse=Warehouse(node_type="ra3.large", nodes=1, snapshot_retention_days=1),
        retention=Retention(removal="destroy", run_days=30, log_days=14),
        generated_data=True,
        pipelines=(
            Pipeline(
                name="tickit",
                schedule=Schedule(expression="cron(0 6 ? * MON-FRI *)", enabled=False),
                serving=Serving(instance_type="ml.t2.medium", bake_seconds=60),
            ),
            Pipeline(
                name="tickit-batch",
                models_of="tickit",
                schedule=Schedule(expression="cron(30 6 ? * MON-FRI *)", enabled=False),
            ),
            # Reports drift only: dev never retrains automatically.
            Pipeline(
                name="tickit-monitor",
                models_of="tickit",
                schedule=Schedule(expression="cron(0 9 ? * MON-FRI *)", enabled=False),
            ),
            Pipeline(
                name="insurance",
                schedule=Schedule(expression="cron(0 5 ? * MON-FRI *)", enabled=False),
            ),
            Pipeline(
                name="census",
                schedule=Schedule(expression="cron(0 7 ? * MON-FRI *)", enabled=False),
            ),
            # Selects what the model sees: the state of the economy as well.
            Pipeline(
                name="bank",
                schedule=Schedule(expression="cron(0 8 ? * MON-FRI *)", enabled=False),
                options={"columns": "macro"},
            ),
        ),
    )


@ENVIRONMENTS.add
def staging() -> Environment:
    return Environment(
        name="staging",
        region="us-east-1",
        owner="machine-learning",
        cost_center="research",
        network=Network(
            cidr="10.42.0.0/16",
            availability_zones=("us-east-1a", "us-east-1b"),
            private_cidrs=("10.42.0.0/17", "10.42.128.0/17"),
        ),
        warehouse=Warehouse(node_type="ra3.large", nodes=2, snapshot_retention_days=7),
        retention=Retention(removal="retain", run_days=90, log_days=30),
        alert_emails=("ml-alerts@example.com",),
        budget=Budget(monthly_usd=2000),
        pipelines=(
            Pipeline(
                name="tickit",
                schedule=Schedule(expression="cron(0 4 ? * SUN *)"),
                serving=Serving(
                    min_instances=2, initial_instances=2, max_instances=2, canary_percent=50
                ),
            ),
            Pipeline(
                name="tickit-batch",
                models_of="tickit",
                schedule=Schedule(expression="cron(0 5 * * ? *)"),
            ),
            Pipeline(
                name="tickit-monitor",
                models_of="tickit",
                retrains=True,
                schedule=Schedule(expression="cron(0 7 * * ? *)"),
            ),
            Pipeline(
                name="census",
                schedule=Schedule(expression="cron(0 3 ? * SUN *)"),
                serving=Serving(),
            ),
            Pipeline(
                name="bank",
                schedule=Schedule(expression="cron(0 2 ? * SUN *)"),
                serving=Serving(),
            ),
        ),
    )


@ENVIRONMENTS.add
def prod() -> Environment:
    return Environment(
        name="prod",
        region="us-east-1",
        owner="machine-learning",
        cost_center="ticketing",
        network=Network(
            cidr="10.43.0.0/16", availability_zones=("us-east-1a", "us-east-1b", "us-east-1c")
        ),
        # The alternative with usage-based pricing: warehouse=Warehouse(kind="serverless",
        # base_capacity=32). tickit then needs options={"extraction": "unload"}.
        warehouse=Warehouse(node_type="ra3.large", nodes=2, snapshot_retention_days=35),
        retention=Retention(removal="retain", run_days=365, log_days=365),
        alert_emails=("ml-alerts@example.com", "on-call@example.com"),
        budget=Budget(monthly_usd=4000),
        pipelines=(
            Pipeline(
                name="tickit",
                schedule=Schedule(expression="cron(0 5 ? * MON *)"),
                parameters={"ProcessingInstanceCount": 2},
                serving=Serving(
                    instance_type="ml.m5.xlarge",
                    min_instances=4,
                    initial_instances=4,
                    max_instances=12,
                    canary_percent=25,
                    bake_seconds=600,
                ),
            ),
            Pipeline(
                name="tickit-batch",
                models_of="tickit",
                schedule=Schedule(expression="cron(0 6 * * ? *)"),
                parameters={"HorizonDays": 60},
            ),
            Pipeline(
                name="tickit-monitor",
                models_of="tickit",
                retrains=True,
                schedule=Schedule(expression="cron(0 7 * * ? *)"),
                parameters={"MinRows": 1000},
            ),
            Pipeline(
                name="census",
                schedule=Schedule(expression="cron(0 4 ? * MON *)"),
                serving=Serving(
                    min_instances=2,
                    initial_instances=2,
                    max_instances=6,
                    canary_percent=50,
                    bake_seconds=600,
                ),
            ),
        ),
    )
