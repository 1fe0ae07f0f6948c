"""The environment `local` with a pipeline whose jobs run on clusters of EMR and EMR Serverless."""

from __future__ import annotations

from dataclasses import replace

from stacks.application import build_app, new_app
from stacks.config import Pipeline, Schedule
from stacks.declared_environments import environment_named
from tests.application.environments import FIXED

local = environment_named("local")
emr = Pipeline(
    name="emr",
    schedule=Schedule(expression="rate(1 day)"),
    options={"jobs": "all"},
    emr_cluster="j-1ABCDEFGHIJKL",
    emr_application="00f1abcd2efgh309",
    emr_service_role="arn:aws:iam::123456789012:role/EMR_Service",
    emr_subnet="subnet-0abc",
)
build_app(replace(local, pipelines=(emr,)), new_app(), **FIXED).synth()
