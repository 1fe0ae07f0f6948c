"""A change of the environment removes no export that a deployed stack imports.

CloudFormation rejects the deletion of an imported export, and stacks of pipelines are updated after
the stack that exports.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from tests.application.app_of_changed_warehouse import STATES
from tests.application.environments import ENVIRONMENTS, FIXED
from tests.application.synthesised import synthesised
from tests.synthesis import synthesise

IMPORT = re.compile(r'"Fn::ImportValue": "redline-[a-z]+-(\w+):(\w+)"')
LEGACY = ("warehouse", "ExportsOutputRefWarehouseCluster0ED2F14890D3E4BB")


def imported(environment):
    """Return the stack and the name of each export that another stack imports."""
    return set(IMPORT.findall(json.dumps(environment.templates)))


def exported(environment):
    """Return the stack and the name of each export."""
    return {
        (stack, name)
        for stack, template in environment.templates.items()
        for name, output in template.get("Outputs", {}).items()
        if "Export" in output
    }


def test_a_cluster_may_become_serverless():
    cluster, workgroup = (synthesise(STATES[each], **FIXED) for each in ("cluster", "workgroup"))
    assert imported(cluster)
    assert imported(cluster) <= exported(workgroup)


def test_the_cluster_stays_exported_for_pipelines_of_earlier_releases():
    assert LEGACY in exported(synthesised("basic"))
    assert LEGACY not in imported(synthesised("basic"))


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_pipelines_may_be_disabled(name):
    without = synthesise(replace(ENVIRONMENTS[name], pipelines=()), **FIXED)
    own = {each for each in imported(synthesised(name)) if each[0] in without.templates}
    assert own
    assert own <= exported(without)
