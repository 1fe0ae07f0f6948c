"""Hostile arguments of the function `load_predictions` never change its SQL."""

from __future__ import annotations

import pytest

from local_cloud.redshift.sql.dialect import tokens

EVENT = {
    "s3_uri": "s3://lake/runs/tickit-batch/abc123/Transform/predictions",
    "rows": "3",
    "execution_id": "abc123",
    "model_package_arn": "arn:aws:sagemaker:us-east-1:123456789012:model-package/tickit/1",
    "table": "tickit_predictions",
    "columns": "dateid,venueid",
}
EVIL = (
    *(
        "'; drop table users; --",
        "x' IAM_ROLE 'other",
        "a\\",
        'a"b',
        "a b",
        "a\nb",
        "$$",
        "--",
        "/*",
    ),
    *("../../other", "s3://lake/runs/tickit-batch/abc123/../other1/x", "é'", "x" * 10_240 + "'"),
)


@pytest.fixture(scope="module")
def module(load_handler):
    return load_handler("load_predictions")


@pytest.fixture
def statements(module):
    settings = module.Settings("tickit-batch", "lake", "arn:aws:iam::123456789012:role/w", {})

    def make(**changes):
        load = module.Load.read(EVENT | changes, settings)
        return load.statements(settings.warehouse_role_arn), load.values

    return make


@pytest.mark.parametrize("name", ["s3_uri", "rows", "execution_id", "table", "columns"])
@pytest.mark.parametrize("text", EVIL, ids=lambda text: text[:20])
def test_arguments_in_the_sql_text_must_be_names(module, statements, name, text):
    with pytest.raises(module.LoadRefused, match=f"{name} is|s3_uri is"):
        statements(**{name: text})


@pytest.mark.parametrize("text", EVIL, ids=lambda text: text[:20])
def test_arguments_that_may_be_any_text_are_bound(statements, text):
    expected, _ = statements()
    sqls, values = statements(model_package_arn=text)
    assert sqls == expected
    assert values["model_package_arn"] == text
    assert all(tokens(sql) for sql in sqls)
