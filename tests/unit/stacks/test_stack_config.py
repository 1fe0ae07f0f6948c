"""Environments reject invalid values and say how to correct them."""

import dataclasses

import pytest

from stacks.config import (
    Budget,
    ConfigurationError,
    Pause,
    Pipeline,
    Schedule,
    Serving,
    Studio,
    Warehouse,
)
from tests.application.environments import FILES, INTERNET, NIGHTS, RETAINED

NIGHTLY = Schedule(expression="cron(0 3 * * ? *)")
DEMAND = INTERNET.pipelines[0]


def change(part, **changes):
    """INTERNET with one changed member."""
    return lambda: dataclasses.replace(
        INTERNET, **{part: dataclasses.replace(getattr(INTERNET, part), **changes)}
    )


def replace(**changes):
    return lambda: dataclasses.replace(INTERNET, **changes)


def using(name, *instead_of_demand):
    """INTERNET with another pipeline, which uses the models of an existing one."""
    others = [DEMAND, FILES]
    kept = [pipeline for pipeline in others if pipeline.name != "demand"]
    pipelines = [*instead_of_demand, *kept] if instead_of_demand else others
    return replace(
        pipelines=(*pipelines, Pipeline(name="scores", schedule=NIGHTLY, models_of=name))
    )


REFUSED = {
    "name": (replace(name="Dev"), "name is 'Dev'", "lower-case"),
    "region": (replace(region="Virginia"), "region is 'Virginia'", "us-east-1"),
    "account": (replace(account="1234"), "account is '1234'", "twelve digits"),
    "owner": (replace(owner=""), "owner is ''", "tag"),
    "zone of another region": (replace(region="eu-west-1"), "us-east-1a", "eu-west-1a"),
    "e-mail": (replace(alert_emails=("address",)), "alert_emails is 'address'", "e-mail"),
    "e-mail twice": (replace(alert_emails=("a@b.c", "a@b.c")), "a@b.c", "once"),
    "a pause at a rate": (
        lambda: Pause(pauses="rate(1 day)", resumes="cron(0 4 ? * * *)"),
        "warehouse.pause.pauses is 'rate(1 day)'",
        "no time of the day",
    ),
    "a pause that is no schedule": (
        lambda: Pause(pauses="cron(0 20 ? * * *)", resumes="04:00"),
        "warehouse.pause.resumes is '04:00'",
        "cron(",
    ),
    "a pause of a workgroup": (
        lambda: Warehouse(kind="serverless", base_capacity=8, pause=NIGHTS),
        "warehouse.pause is Pause(",
        "leave it out",
    ),
    "studio without users": (lambda: Studio(users=()), "studio.users is ()", "name the users"),
    "a user twice": (lambda: Studio(users=("ada", "ada")), "studio.users", "once"),
    "a user with a blank": (lambda: Studio(users=("ada l",)), "'ada l'", "63 letters"),
    "idle for a minute": (
        lambda: Studio(users=("ada",), idle_minutes=1),
        "studio.idle_minutes is 1",
        "from 60",
    ),
    "a pipeline named studio": (
        lambda: dataclasses.replace(
            INTERNET, pipelines=(dataclasses.replace(FILES, name="studio"),)
        ),
        "pipeline.name is 'studio'",
        "choose another one",
    ),
    "a budget without addresses": (
        replace(budget=Budget(monthly_usd=100)),
        "alert_emails is ()",
        "1 to 10 addresses",
    ),
    "a budget of nothing": (lambda: Budget(monthly_usd=0), "monthly_usd is 0", "from 1 to"),
    "a number as budget": (replace(budget=100), "budget is 100", "Budget(…)"),
    "protection": (
        lambda: dataclasses.replace(DEMAND, protected="yes"),
        "demand.protected is 'yes'",
        "True or False",
    ),
    "instance types of starts": (replace(instance_types=("m5.large",)), "'m5.large'", "ml.m5.*"),
    "pipeline twice": (replace(pipelines=INTERNET.pipelines * 2), "demand", "once"),
    "cidr": (change("network", cidr="10.0.0.1/16"), "'10.0.0.1/16'", "host bits"),
    "public cidr": (change("network", cidr="8.8.0.0/16"), "'8.8.0.0/16'", "private"),
    "small cidr": (change("network", cidr="10.0.0.0/26"), "'10.0.0.0/26'", "16 to 22"),
    "one zone": (
        change("network", availability_zones=("us-east-1a",)),
        "us-east-1a",
        "two or three",
    ),
    "zone twice": (change("network", availability_zones=("us-east-1a",) * 2), "zones", "once"),
    "gateways": (change("network", nat_gateways=3), "nat_gateways is 3", "0 to 2"),
    "node type": (change("warehouse", node_type="dc2.large"), "'dc2.large'", "ra3.large"),
    "nodes": (change("warehouse", nodes=17), "nodes is 17", "1 to 16"),
    "single big node": (change("warehouse", node_type="ra3.4xlarge"), "nodes is 1", "2 to 64"),
    "snapshots": (change("warehouse", snapshot_retention_days=0), "is 0", "1 to 35"),
    "kind of warehouse": (
        change("warehouse", kind="serverles"),
        "'serverles'",
        "provisioned, serv",
    ),
    "capacity of a cluster": (
        change("warehouse", base_capacity=8),
        "base_capacity is 8: allowed is nothing in a provisioned warehouse",
        "kind='serverless'",
    ),
    **{
        f"{name} without nodes": (
            lambda name=name, value=value: Warehouse(
                kind="serverless", base_capacity=8, **{name: value}
            ),
            f"warehouse.{name} is {value!r}: allowed is nothing in a serverless warehouse",
            "leave it out, or set warehouse.kind='provisioned'",
        )
        for name, value in {
            "node_type": "ra3.large",
            "nodes": 2,
            "snapshot_retention_days": 7,
        }.items()
    },
    "a namespace of a cluster": (
        change("warehouse", namespace="redline-other"),
        "namespace is 'redline-other': allowed is nothing in a provisioned warehouse",
        "set warehouse.kind='serverless'",
    ),
    "a name that no namespace may have": (
        lambda: Warehouse(kind="serverless", base_capacity=8, namespace="Redline"),
        "namespace is 'Redline'",
        "3 to 64 lower-case letters",
    ),
    "no capacity": (lambda: Warehouse(kind="serverless"), "base_capacity is 0", "8 to 512"),
    **{
        f"capacity {capacity}": (
            lambda capacity=capacity: Warehouse(kind="serverless", base_capacity=capacity),
            f"base_capacity is {capacity}",
            "steps of 8",
        )
        for capacity in (4, 12, 520)
    },
    "serverless in two zones": (
        replace(warehouse=Warehouse(kind="serverless", base_capacity=8)),
        "availability_zones is ('us-east-1a', 'us-east-1b'): allowed is three zones",
        "name a third zone",
    ),
    "generated data": (replace(generated_data="yes"), "generated_data is 'yes'", "True or False"),
    "generated data that is retained": (
        lambda: dataclasses.replace(RETAINED, generated_data=True),
        "generated_data is True",
        "real files",
    ),
    "removal": (change("retention", removal="keep"), "'keep'", "retain, destroy"),
    "days": (change("retention", run_days=0), "run_days is 0", "from 1"),
    "extracted days": (change("retention", extracted_days=30), "extracted_days is 30", "60 to"),
    "log days": (change("retention", log_days=8), "log_days is 8", "7, 14"),
    "prod destroyed": (
        lambda: dataclasses.replace(RETAINED, name="prod", retention=INTERNET.retention),
        "'destroy'",
        "retain in prod",
    ),
    "pipeline name": (
        lambda: Pipeline(name="My-One", schedule=NIGHTLY),
        "'My-One'",
        "lower",
    ),
    "approval": (
        lambda: Pipeline(name="one", schedule=NIGHTLY, approval="Maybe"),
        "one.approval is 'Maybe'",
        "PendingManualApproval",
    ),
    "approval as a parameter": (
        lambda: Pipeline(
            name="one", schedule=NIGHTLY, parameters={"ModelApprovalStatus": "Approved"}
        ),
        "ModelApprovalStatus",
        "one.approval",
    ),
    "schedule of a pipeline that is off": (
        lambda: Pipeline(name="one", schedule=NIGHTLY, enabled=False),
        "one.schedule.enabled is True",
        "one.enabled=True",
    ),
    "schedule": (lambda: Schedule(expression="every day"), "'every day'", "cron("),
    "a day that does not exist": (
        lambda: Schedule(expression="cron(0 0 31 2 ? *)"),
        "'cron(0 0 31 2 ? *)'",
        "never fires",
    ),
    "a year in the past": (
        lambda: Schedule(expression="cron(0 0 1 1 ? 2020)"),
        "'cron(0 0 1 1 ? 2020)'",
        "never fires",
    ),
    "a time zone that does not exist": (
        lambda: Schedule(expression="cron(0 3 * * ? *)", time_zone="Europe/Bonn"),
        "schedule.time_zone is 'Europe/Bonn'",
        "Europe/Berlin",
    ),
    "a time zone of a rate": (
        lambda: Schedule(expression="rate(1 day)", time_zone="Europe/Berlin"),
        "schedule.time_zone is 'Europe/Berlin'",
        "cron expression",
    ),
    "name of a schedule": (
        lambda: Schedule(expression="rate(1 day)", name="Each day"),
        "schedule.name is 'Each day'",
        "hyphens",
    ),
    "two schedules without a name": (
        lambda: Pipeline(name="one", schedules=(NIGHTLY, NIGHTLY)),
        "one.schedules (names)",
        "once",
    ),
    "no schedule": (lambda: Pipeline(name="one"), "one.schedules is ()", "schedule or schedules"),
    "schedule and schedules": (
        lambda: Pipeline(name="one", schedule=NIGHTLY, schedules=(NIGHTLY,)),
        "one.schedules",
        "schedule or schedules",
    ),
    "one schedule in schedules": (
        lambda: Pipeline(name="one", schedules=NIGHTLY),
        "one.schedules",
        "(Schedule(",
    ),
    "a long name of a schedule": (
        replace(
            pipelines=(
                Pipeline(
                    name="p" * 30, schedules=(dataclasses.replace(NIGHTLY, name="long-name"),)
                ),
            )
        ),
        "-schedule-long-name'",
        "up to 64",
    ),
    "instance type": (lambda: Serving(instance_type="m5.large"), "'m5.large'", "ml.m5.large"),
    "no instance": (lambda: Serving(min_instances=0), "min_instances is 0", "from 1"),
    "instances out of their limits": (
        lambda: Serving(min_instances=2, max_instances=4),
        "initial_instances is 1",
        "2 to 4",
    ),
    "burstable instances that scale": (
        lambda: Serving(instance_type="ml.t2.medium", max_instances=2),
        "serving.instance_type is 'ml.t2.medium': allowed is an instance type that is not burst",
        "set max_instances to min_instances",
    ),
    "canary of one instance": (
        lambda: Serving(canary_percent=50),
        "canary_percent is 50",
        "raise it or serving.min_instances",
    ),
    "canary of more than half": (
        lambda: Serving(canary_percent=51),
        "canary_percent is 51",
        "from 0 to 50",
    ),
    "captured share": (
        lambda: Serving(capture_percent=101),
        "capture_percent is 101",
        "from 0 to 100",
    ),
    "long name of an endpoint": (
        replace(
            name="environment1",
            pipelines=(Pipeline(name="p" * 30, schedule=NIGHTLY, serving=Serving()),),
        ),
        f"redline-environment1-{'p' * 30}",
        "up to 47 characters",
    ),
    "serving another pipeline's models": (
        lambda: Pipeline(name="one", schedule=NIGHTLY, models_of="two", serving=Serving()),
        "one.serving is",
        "set it at two",
    ),
    "models of a pipeline that is not here": (
        using("churn"),
        "scores.models_of is 'churn'",
        "demand, ",
    ),
    "name of a stack": (
        lambda: dataclasses.replace(INTERNET, pipelines=(Pipeline(name="data", schedule=NIGHTLY),)),
        "pipeline.name is 'data'",
        "alerts, athena, data",
    ),
    "name of an endpoint's stack": (
        lambda: dataclasses.replace(
            INTERNET,
            pipelines=(*INTERNET.pipelines, Pipeline(name="demand-serving", schedule=NIGHTLY)),
        ),
        "pipeline.name is 'demand-serving'",
        "demand-serving",
    ),
    "models of itself": (using("scores"), "scores.models_of is 'scores'", "registers models"),
    "models of a pipeline that is off": (
        using("demand", dataclasses.replace(DEMAND, enabled=False)),
        "scores.models_of is 'demand'",
        "that is on",
    ),
    "a single pipeline without a comma": (
        replace(pipelines=DEMAND),
        "pipelines is Pipeline(",
        "with a comma",
    ),
    "the name of a pipeline": (replace(pipelines=("demand",)), "pipelines is 'demand'", "a tuple"),
    "a list of pipelines": (replace(pipelines=[DEMAND]), "pipelines is [", "a tuple"),
    "warehouse": (replace(warehouse="ra3.large"), "warehouse is 'ra3.large'", "Warehouse("),
    "network": (replace(network="10.0.0.0/16"), "network is '10.0.0.0/16'", "Network("),
    "retention": (replace(retention=30), "retention is 30", "Retention("),
    "a text as schedule": (
        lambda: dataclasses.replace(DEMAND, schedule="rate(1 day)"),
        "demand.schedule is 'rate(1 day)'",
        "Schedule(…) or None",
    ),
    "a number as expression": (
        lambda: Schedule(expression=5),
        "schedule.expression is 5",
        "a text",
    ),
    "serving": (
        lambda: dataclasses.replace(DEMAND, serving=True),
        "demand.serving is True",
        "Serving(…) or None",
    ),
    "parameters": (
        lambda: dataclasses.replace(DEMAND, parameters=("MaxErrorRatio", 0.8)),
        "demand.parameters is ('MaxErrorRatio', 0.8)",
        "a mapping",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_value_is_refused_with_what_to_do(case):
    make, value, allowed = REFUSED[case]
    with pytest.raises(ConfigurationError) as refused:
        make()
    assert value in str(refused.value)
    assert allowed in str(refused.value)
    assert ": allowed is " in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "nodes"), [("ra3.large", 1), ("ra3.large", 16), ("ra3.4xlarge", 2)]
)
def test_sizes_that_redshift_offers_are_taken(kind, nodes):
    assert Warehouse(node_type=kind, nodes=nodes, snapshot_retention_days=1).nodes == nodes


def test_a_pipeline_that_is_off_may_keep_its_schedule_switched_off():
    off = dataclasses.replace(NIGHTLY, enabled=False)
    assert not Pipeline(name="one", schedule=off, enabled=False).enabled


def test_a_pipeline_may_use_the_models_of_another():
    assert using("demand")().pipelines[-1].models_of == "demand"


def test_a_pipeline_that_is_off_needs_no_models():
    off = dataclasses.replace(NIGHTLY, enabled=False)
    user = Pipeline(name="scores", schedule=off, enabled=False, models_of="demand")
    source = dataclasses.replace(DEMAND, enabled=False, schedule=off)
    assert dataclasses.replace(INTERNET, pipelines=(source, user)).pipelines[1] == user


def test_tags_name_project_environment_owner_and_cost_center():
    assert INTERNET.tags() == {
        "Project": "redline",
        "Environment": "internet",
        "Owner": INTERNET.owner,
        "CostCenter": INTERNET.cost_center,
    }
