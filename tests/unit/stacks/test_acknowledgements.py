"""Each acknowledgement has a reason and is still needed: without it the finding comes back."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs

from stacks.acknowledgements import BEGIN, END, acknowledgements, table, with_table
from stacks.common.acknowledge import acknowledge
from tests.unit.stacks.cfn_lint import cfn_lint
from tests.unit.stacks.synthesised import ENVIRONMENT_NAMES, synthesised
from tests.unit.stacks.unexplained import in_metadata, unexplained

REPOSITORY = Path(__file__).parents[3]


def ours(name):
    """What the app acknowledges; CDK's constructs acknowledge some findings themselves."""
    return [
        each
        for each in acknowledgements(synthesised(name).app)
        if not each.rule.startswith("CloudFormation-Validate::F")
    ]


@pytest.mark.parametrize("name", ENVIRONMENT_NAMES)
def test_each_has_a_reason(name):
    found = ours(name)
    assert found
    assert [each for each in found if len(each.reason) < 20] == []


@pytest.mark.parametrize("name", ENVIRONMENT_NAMES)
def test_each_answers_one_finding_of_cdk_nag_or_cdk(name):
    bare = unexplained(name)
    findings = [*bare.found, *bare.validation()]
    answered = {
        (each.rule, each.path): [
            path
            for rule, path in findings
            if rule == each.rule and f"{path}/".startswith(f"{each.path}/")
        ]
        for each in ours(name)
        if each.tool not in ("checkov", "cfn-lint")
    }
    assert {each: paths for each, paths in answered.items() if len(paths) != 1} == {}
    assert len(answered) == len(findings)


def test_each_answers_one_finding_of_cfn_lint():
    taken = in_metadata([synthesised(name).folder for name in ENVIRONMENT_NAMES], "cfn-lint")
    assert sorted(cfn_lint([unexplained(name).folder for name in ENVIRONMENT_NAMES])) == taken


def test_nothing_joins_the_default_security_group(environment):
    joining = {
        "AWS::EC2::VPCEndpoint": "SecurityGroupIds",
        "AWS::Redshift::Cluster": "VpcSecurityGroupIds",
        "AWS::RedshiftServerless::Workgroup": "SecurityGroupIds",
    }
    without = [
        name
        for name, resource in environment.everything()
        if resource["Type"] in joining
        and resource["Properties"].get("VpcEndpointType") != "Gateway"
        and not resource["Properties"].get(joining[resource["Type"]])
    ]
    assert without == []


def test_rules_of_one_resource_add_up():
    queue = sqs.Queue(cdk.Stack(cdk.App(), "Stack"), "Queue")
    reasons = {"CKV_AWS_27": "one", "CKV_AWS_1": "two", "W3005": "three", "W3010": "four"}
    for rule, reason in reasons.items():
        acknowledge(queue, rule, reason)
    found = acknowledgements(queue.node.root)
    assert {each.rule: each.reason for each in found} == reasons
    assert {each.path for each in found} == {"Stack/Queue/Resource"}


def test_the_table_counts_by_environment():
    stack = cdk.Stack(cdk.App(), "Stack")
    for name in ("First", "Second"):
        queue = sqs.Queue(stack, name)
        acknowledge(queue, "AwsSolutions-SQS3", "It is a dead-letter queue.")
    acknowledge(queue, "CKV_AWS_27", "It has a key.")
    found = acknowledgements(stack.node.root)
    lines = table({"one": found, "none": []}).splitlines()
    assert lines[2:] == [
        "| cdk-nag AwsSolutions | AwsSolutions-SQS3 | 2 | 0 | It is a dead-letter queue. |",
        "| checkov | CKV_AWS_27 | 1 | 0 | It has a key. |",
        "| **all** |  | 3 | 0 |  |",
    ]


def test_the_table_replaces_the_one_before():
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert with_table(page, r"n\ew") == f"before\n{BEGIN}\nn\\ew\n{END}\nafter\n"
    with pytest.raises(ValueError, match="put them in first"):
        with_table("nothing", "new")


def test_the_page_shows_the_table_of_now():
    made = table({name: acknowledgements(synthesised(name).app) for name in ENVIRONMENT_NAMES})
    page = (REPOSITORY / "docs" / "security.md").read_text()
    assert with_table(page, made) == page, "run make acknowledgements"
