"""The settings of a warehouse that exists before the environment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacks.config import ConfigurationError, Warehouse
from tests.application.environments import BASIC
from tests.application.existing_warehouse import GIVEN, WAREHOUSES, in_warehouse


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("cluster", "Analytics_1", "lower-case letters, digits and hyphens.*console of Redshift"),
        ("database", "1x", "1 to 64 lower-case letters"),
        ("folder", "../x", "the name of a folder"),
        ("port", 80, "1150 to 65535"),
        ("cluster", "", "a workgroup or a cluster, not both"),
        ("workgroup", "adhoc", "warehouse.workgroup_id is ''.*as warehouse.workgroup is set"),
        ("security_group_id", "sg-x", "8 or 17 hexadecimal digits"),
        ("role", "arn:aws:iam::role/x", "what follows role/ in its ARN"),
        ("schema", "redline", "a value, as warehouse.schema is set"),
        ("database_user", "redline_owner", "a value, as warehouse.database_user is set"),
        ("secret", "arn:aws:secretsmanager:x", "what follows secret: in its ARN"),
        ("secret", "owner-AbCdEf", "warehouse.schema is ''.*as warehouse.secret is set"),
        ("key_id", "alias/x", "what follows key/ in its ARN"),
    ],
)
def test_values_that_no_warehouse_has_are_refused(field, value, message):
    with pytest.raises(ConfigurationError, match=message):
        Warehouse.existing(**{**GIVEN, field: value})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"generated_data": True}, "False with an existing warehouse"),
        ({"network": BASIC.network}, "rule refers to groups of its VPC.*Network.existing"),
    ],
)
def test_environments_that_do_not_fit_are_refused(changed, message):
    with pytest.raises(ConfigurationError, match=message):
        replace(in_warehouse("cluster"), **changed)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("role", "a role of the namespace.*UpdateNamespace replaces all roles"),
        ("secret", "a workgroup has no temporary credentials of a named user"),
    ],
)
def test_a_workgroup_needs_a_role_and_a_secret(missing, message):
    with pytest.raises(ConfigurationError, match=message):
        replace(WAREHOUSES["workgroup"], **{missing: ""})
