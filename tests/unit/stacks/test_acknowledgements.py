"""Each acknowledgement has a reason and is still needed: without it the check reports a finding.

The tests of the second are slow: they check every fixed environment without its acknowledgements.
"""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs

from stacks.common.acknowledge import acknowledge
from tests.application.environments import ENVIRONMENTS
from tests.application.synthesised import synthesised
from tests.docs.acknowledgements import acknowledgements, table
from tests.template_checks.cfn_lint import cfn_lint
from tests.unit.stacks.unexplained import in_metadata, unexplained


def ours(name):
    """The acknowledgements of the app; CDK's constructs acknowledge some findings themselves."""
    return [
        each
        for each in acknowledgements(synthesised(name).app)
        if not each.rule.startswith("CloudFormation-Validate::F")
    ]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_each_has_a_reason(name):
    found = ours(name)
    assert found
    assert [each for each in found if len(each.reason) < 20] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ENVIRONMENTS)
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


@pytest.mark.slow
def test_each_answers_one_finding_of_cfn_lint():
    taken = in_metadata([synthesised(name).folder for name in ENVIRONMENTS], "cfn-lint")
    assert sorted(cfn_lint([unexplained(name).folder for name in ENVIRONMENTS])) == taken


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
