"""What an orphaned stack runs, and what its resources cost."""

from __future__ import annotations

import json
from dataclasses import replace

import boto3
import pytest
from botocore.stub import Stubber

from operations.orphans.orphaned_stacks import orphaned_stacks
from operations.orphans.running_resources import running_resources

NAME = "redline-dev-old"
RULE = {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(1 day)"}}
CLUSTER = {
    "Type": "AWS::Redshift::Cluster",
    "Properties": {
        "ClusterIdentifier": NAME,
        "ClusterType": "multi-node",
        "NodeType": "ra3.large",
        "NumberOfNodes": 2,
        "DBName": "redline",
        "MasterUsername": "admin",
        "MasterUserPassword": "Passw0rd",
    },
}


def named(resource, name, **properties):
    return {**resource, "Properties": {**resource["Properties"], "Name": name, **properties}}


@pytest.fixture
def runs(aws):
    """Return a function that returns the lines of the stack `redline-dev-old`."""

    def lines(clients=aws.clients):
        (stack,) = orphaned_stacks(aws, {"redline-dev-data"})
        return running_resources(replace(aws, clients=clients), stack)

    return lines


def test_rules_are_listed_with_their_state(create, runs):
    rules = {
        "On": named(RULE, "old-on", State="ENABLED"),
        "Off": named(RULE, "old-off", State="DISABLED"),
        "Event": {
            "Type": "AWS::Events::Rule",
            "Properties": {"EventPattern": {"source": ["aws.sagemaker"]}},
        },
    }
    create(NAME, rules)
    assert sorted(runs()) == [
        "schedule rule old-off: rate(1 day), disabled",
        "schedule rule old-on: rate(1 day), enabled; the jobs of each execution are billed",
    ]


def test_a_schedule_in_a_time_zone_is_listed(create, runs):
    name = "old-zoned"
    properties = {
        "Name": name,
        "GroupName": {"Ref": "Group"},
        "ScheduleExpression": "cron(0 3 * * ? *)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "State": "ENABLED",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": "arn:aws:sagemaker:us-east-1:123456789012:pipeline/none",
            "RoleArn": "arn:aws:iam::123456789012:role/none",
        },
    }
    group = {"Type": "AWS::Scheduler::ScheduleGroup", "Properties": {"Name": name}}
    schedule = {"Type": "AWS::Scheduler::Schedule", "Properties": properties}
    create(NAME, {"Group": group, "Zoned": schedule})
    when = "cron(0 3 * * ? *) Europe/Berlin, enabled; the jobs of each execution are billed"
    assert runs() == [f"schedule {name}: {when}"]


def test_a_resource_that_was_deleted_manually_does_not_fail_the_listing(cloud, create, runs):
    create(NAME, {"On": named(RULE, "old-missing", State="ENABLED")})
    cloud.client("events").delete_rule(Name="old-missing")
    assert runs() == [
        "old-missing was not described: ResourceNotFoundException: Rule old-missing does not exist."
    ]


def test_without_prices_the_unit_of_billing_is_shown(create, runs):
    create(NAME, {"Warehouse": CLUSTER})
    assert runs() == [f"Redshift cluster {NAME}: 2 × ra3.large, billed by the hour"]


def test_known_prices_are_shown(create, runs, aws):
    create(NAME, {"Warehouse": CLUSTER})
    pricing = boto3.client("pricing", "us-east-1", aws_access_key_id="a", aws_secret_access_key="a")
    dimension = {"unit": "Hrs", "pricePerUnit": {"USD": "0.543"}}
    terms = {"OnDemand": {"term": {"priceDimensions": {"one": dimension}}}}
    with Stubber(pricing) as stub:
        stub.add_response("get_products", {"PriceList": [json.dumps({"terms": terms})]})
        found = runs(lambda name: pricing if name == "pricing" else aws.clients(name))
    assert found == [f"Redshift cluster {NAME}: 2 × ra3.large, $1.09 per hour, $793 a month"]


def test_resources_that_are_billed_by_number_are_counted(create, runs):
    create(NAME, {"A": {"Type": "AWS::S3::Bucket"}, "B": {"Type": "AWS::S3::Bucket"}})
    assert runs() == ["2 S3 buckets, billed for their data"]


class SageMaker:
    """A stand-in for an account with an endpoint, whose configuration has one instance."""

    def __init__(self, status, **variants):
        self.endpoint = {"EndpointStatus": status, "EndpointConfigName": "one", **variants}

    def describe_endpoint(self, **_request):
        return self.endpoint

    def describe_endpoint_config(self, **_request):
        variant = {
            "VariantName": "AllTraffic",
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
        }
        return {"ProductionVariants": [variant]}

    def get_paginator(self, _operation):
        page = {"Endpoints": [{"EndpointName": f"{NAME}-b"}, {"EndpointName": NAME}]}
        return type("Pages", (), {"paginate": lambda self, **_: [page]})()


THREE = [{"VariantName": "AllTraffic", "CurrentInstanceCount": 3}]


@pytest.mark.parametrize(
    ("account", "shown"),
    [
        (SageMaker("InService", ProductionVariants=THREE), "InService, 3 × ml.m5.large"),
        (SageMaker("Creating"), "Creating, 1 × ml.m5.large"),
    ],
)
def test_the_endpoint_of_a_deployer_is_listed_with_its_instances(create, runs, aws, account, shown):
    create(NAME, outputs={"EndpointName": NAME})
    assert runs() == []  # no model was approved yet
    found = runs(lambda name: account if name == "sagemaker" else aws.clients(name))
    assert found == [f"endpoint {NAME}: {shown}, billed by the hour"]
