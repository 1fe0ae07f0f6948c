"""Jobs reach the declared database at its port only, and one role reads its secret only."""

import json
from dataclasses import replace

import pytest

from pipeline_code.compiler import compiled
from stacks.application import build_app
from stacks.config import ConfigurationError, Database
from tests.application.databases import (
    ENVIRONMENT,
    GROUP,
    ORDERS,
    SECRET,
    with_wheels,
)
from tests.application.environments import BASIC, FIXED, INTERNET
from tests.environment_values import environment_values
from tests.synthesis import Synthesised, joined, statements, synthesise
from tests.template_checks.cdk import nag

KEY = "01234567-89ab-cdef-0123-456789abcdef"
INSIDE = replace(ORDERS, security_group_id="", addresses=("10.50.3.0/24", "10.50.9.7/32"))


@pytest.fixture(scope="module")
def fixed():
    """The arguments of `synthesise`, with wheels."""
    return {**FIXED, "root": with_wheels()}


@pytest.fixture(scope="module")
def environment(fixed) -> Synthesised:
    return synthesise(ENVIRONMENT, **fixed)


def egress(synthesised):
    """Return port, address range and group of the rules of jobs that are not for TLS."""
    found = synthesised.resources("network", "AWS::EC2::SecurityGroup").values()
    alone = synthesised.resources("network", "AWS::EC2::SecurityGroupEgress").values()
    rules = [
        *(rule for each in found for rule in each["Properties"].get("SecurityGroupEgress", [])),
        *(each["Properties"] for each in alone),
    ]
    return {
        (
            rule["FromPort"],
            rule["ToPort"],
            rule.get("CidrIp"),
            json.dumps(rule.get("DestinationSecurityGroupId")),
        )
        for rule in rules
        if rule.get("Description", "").startswith("Queries of orders")
    }


def test_jobs_reach_the_group_of_the_database_at_its_port(environment):
    assert egress(environment) == {(5432, 5432, None, json.dumps(GROUP))}


def test_jobs_reach_the_addresses_of_the_database_at_its_port(fixed):
    synthesised = synthesise(
        replace(BASIC, databases=(INSIDE,), pipelines=ENVIRONMENT.pipelines), **fixed
    )
    assert {rule[:3] for rule in egress(synthesised)} == {
        (5432, 5432, each) for each in INSIDE.addresses
    }


def test_jobs_read_results_in_the_declared_buckets_only(fixed):
    databases = (replace(INSIDE, result_buckets=("sfc-results",)),)
    synthesised = synthesise(
        replace(BASIC, databases=databases, pipelines=ENVIRONMENT.pipelines), **fixed
    )
    policies = [
        each["Properties"]["PolicyDocument"]["Statement"]
        for each in synthesised.resources("network", "AWS::EC2::VPCEndpoint").values()
    ]
    found = [each for one in policies for each in one if "sfc-results" in json.dumps(each)]
    assert [(each["Action"], joined(each["Resource"])) for each in found] == [
        ("s3:GetObject", "arn:aws:s3:::sfc-results/*")
    ]


def allowed(synthesised, role):
    """Return the statements of the role of jobs with the name."""
    (policy,) = (
        each
        for name, each in synthesised.resources("orders", "AWS::IAM::Policy").items()
        if name.startswith(f"Roles{role}Role")
    )
    return statements(policy)


def test_the_role_of_the_step_reads_the_secret_of_its_database_only(environment):
    reading = [
        each
        for each in allowed(environment, "Database")
        if "secretsmanager:GetSecretValue" in each["Action"]
    ]
    assert [joined(each) for one in reading for each in _listed(one["Resource"])] == [
        f"arn:aws:secretsmanager:us-east-1:<AWS::AccountId>:secret:{SECRET}"
    ]
    assert _listed(reading[0]["Action"]) == ["secretsmanager:GetSecretValue"]
    for role in ("Training", "Execution"):
        assert "secretsmanager" not in json.dumps(allowed(environment, role))


def test_the_key_of_a_secret_is_for_decryption_only(fixed):
    synthesised = synthesise(
        replace(ENVIRONMENT, databases=(replace(ORDERS, key_id=KEY),)), **fixed
    )
    using = [each for each in allowed(synthesised, "Database") if KEY in json.dumps(each)]
    assert [_listed(each["Action"]) for each in using] == [["kms:Decrypt"]]


def _listed(value):
    return value if isinstance(value, list) else [value]


def test_the_definition_has_the_values_of_the_environment(environment, fixed):
    properties = environment.the("orders", "AWS::SageMaker::Pipeline")
    body = json.loads(joined(properties["PipelineDefinition"]["PipelineDefinitionBody"]))
    values = environment_values(compiled("orders", root=fixed["root"]), body)
    assert values["OrdersDatabaseHost"] == "127.0.0.1"
    assert values["OrdersDatabasePort"] == "5432"
    assert values["OrdersDatabaseSecret"].endswith(f":secret:{SECRET}")
    assert values["OrdersDatabaseSettingDatabase"] == "postgres"


def test_jobs_reach_secrets_manager_without_the_internet(environment):
    services = json.dumps(environment.resources("network", "AWS::EC2::VPCEndpoint"))
    assert ".secretsmanager" in services


def test_the_checks_of_cdk_nag_find_nothing(fixed):
    assert nag(build_app(ENVIRONMENT, **fixed)) == []


@pytest.mark.parametrize(
    ("databases", "said"),
    [
        ((), 'databases is .*the database orders, which orders reads; add Database.name="orders"'),
        ((replace(ORDERS, settings={}),), "orders.settings is .*database, and optionally sslmode"),
        (
            (replace(ORDERS, settings={"database": "shop", "role": "x"}),),
            "with the connector postgresql; add or remove role",
        ),
    ],
)
def test_environment_and_definition_agree(databases, said, fixed):
    with pytest.raises(ConfigurationError, match=said):
        synthesise(replace(ENVIRONMENT, databases=databases), **fixed)


@pytest.mark.parametrize("outside", ["10.51.0.0/24", "203.0.113.7/32", "10.0.0.0/8"])
def test_an_address_outside_of_a_vpc_without_a_nat_gateway_says_what_to_do(outside):
    database = replace(INSIDE, addresses=(outside,))
    with pytest.raises(ConfigurationError, match="ranges in the VPC .10.50.*nat_gateways=1"):
        replace(BASIC, databases=(database,))
    assert replace(INTERNET, databases=(database,)).databases == (database,)


def test_a_security_group_needs_the_vpc_of_the_database():
    with pytest.raises(ConfigurationError, match="orders.security_group_id.*Network.existing"):
        replace(BASIC, databases=(ORDERS,))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "Orders", "lower-case letters"),
        # Its values in a definition would be those of orders1.
        ("name", "orders-1", "a letter first and after each hyphen"),
        ("host", "https://orders", "without scheme, port and path"),
        ("port", 0, "from 1 to 65535"),
        ("secret", "orders", "what follows secret: in its ARN"),
        ("key_id", "alias/x", "what follows key/ in its ARN"),
        ("security_group_id", "", "one or more ranges, or none with security_group_id"),
        ("addresses", ("10.50.0.0/24",), "declare the route of jobs by one of the two"),
        ("result_buckets", ("https://sfc.s3",), "write the part of its host before .s3"),
        ("settings", {"database": "x" * 257}, "1 to 256 characters"),
    ],
)
def test_values_that_no_database_has_are_refused(field, value, said):
    with pytest.raises(ConfigurationError, match=said):
        replace(ORDERS, **{field: value})


@pytest.mark.parametrize(
    "addresses",
    ["0.0.0.0/0", "10.50.0.1/24", "orders", "::/0", "10.50.9.7", "10.50.3.0/255.255.255.0"],
)
def test_a_route_is_a_range_and_never_everything(addresses):
    with pytest.raises(ConfigurationError, match="and not all addresses"):
        replace(INSIDE, addresses=(addresses,))


def test_two_databases_have_two_names():
    with pytest.raises(ConfigurationError, match="databases is"):
        replace(ENVIRONMENT, databases=(ORDERS, ORDERS))


def test_a_database_has_no_default_route():
    with pytest.raises(ConfigurationError, match="declare the route"):
        Database(name="orders", host="orders", port=5432, secret=SECRET)
