"""The crawlers of offline stores: their schedule, their targets and their roles."""

import json
from dataclasses import replace

import pytest

from stacks.application import build_app
from stacks.config import ConfigurationError, Pipeline
from tests.application.environments import BASIC, DAILY, FIXED
from tests.synthesis import joined, statements, synthesise
from tests.template_checks.checkov import needs_checkov
from tests.template_checks.explained import (
    assert_explained,
    assert_explained_to_checkov,
    checked_environment,
)

CRON = "cron(0 5 * * ? *)"
ENVIRONMENT = replace(
    BASIC, pipelines=(Pipeline(name="stored", schedule=DAILY, feature_crawl=CRON),)
)
KIND = "AWS::Glue::Crawler"


@pytest.fixture(scope="module")
def crawling():
    return synthesise(ENVIRONMENT, **FIXED)


def test_only_groups_that_name_their_table_are_crawled(crawling):
    (crawler,) = crawling.resources("stored", KIND).values()
    made = crawler["Properties"]
    assert made["Name"] == "redline-basic-visits"
    assert made["Schedule"] == {"ScheduleExpression": CRON}
    assert made["TablePrefix"] == "visits_"
    (target,) = made["Targets"]["S3Targets"]
    assert joined(target["Path"]).endswith("/features/visits/")
    # https://docs.aws.amazon.com/glue/latest/dg/crawler-table-level.html
    assert json.loads(made["Configuration"])["Grouping"] == {"TableLevelConfiguration": 9}
    assert made["SchemaChangePolicy"]["DeleteBehavior"] == "LOG"


def test_the_role_reads_its_group_and_changes_its_table_only(crawling):
    policies = crawling.resources("stored", "AWS::IAM::Policy")
    (policy,) = [each for name, each in policies.items() if name.startswith("Crawlervisits")]
    granted = {
        action: [joined(each) for each in statement["Resource"]]
        for statement in statements(policy)
        for action in statement["Action"]
    }
    assert all(each.endswith("/features/visits/*") for each in granted["s3:GetObject"])
    assert granted["glue:CreateTable"][2].endswith("/visits_data*")
    assert granted["glue:BatchCreatePartition"] == granted["glue:CreateTable"]
    assert not any("Delete" in action or "s3:Put" in action for action in granted)
    (listed,) = [each for each in statements(policy) if each["Action"] == ["s3:ListBucket"]]
    assert listed["Condition"] == {"StringLike": {"s3:prefix": "features/visits/*"}}


def test_the_role_trusts_glue_for_this_account(crawling):
    """https://docs.aws.amazon.com/glue/latest/dg/cross-service-confused-deputy-prevention.html"""
    roles = crawling.resources("stored", "AWS::IAM::Role")
    (role,) = [each for name, each in roles.items() if name.startswith("Crawlervisits")]
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "glue.amazonaws.com"}
    assert "aws:SourceAccount" in trust["Condition"]["StringEquals"]


@pytest.fixture(scope="module")
def explained(tmp_path_factory):
    """The app, with the findings of cdk-nag."""
    return checked_environment(ENVIRONMENT, tmp_path_factory.mktemp("checked"))


@pytest.mark.slow
def test_the_checks_find_nothing_unexplained(explained):
    assert_explained(explained)


@pytest.mark.slow
@needs_checkov
def test_checkov_finds_nothing_unexplained(explained, tmp_path):
    assert_explained_to_checkov(explained, tmp_path)


def test_a_pipeline_without_a_named_table_cannot_be_crawled():
    pipeline = Pipeline(name="demand", schedule=DAILY, feature_crawl=CRON)
    with pytest.raises(ConfigurationError, match="a feature group whose glue_table is a name"):
        build_app(replace(BASIC, pipelines=(pipeline,)), **FIXED)


@pytest.mark.parametrize(
    ("expression", "problem"),
    [("rate(1 day)", "it is a rate"), ("daily", "write it as cron"), ("cron(0 5 * *)", "cron")],
)
def test_a_schedule_that_glue_rejects_is_refused(expression, problem):
    """https://docs.aws.amazon.com/glue/latest/dg/monitor-data-warehouse-schedule.html"""
    with pytest.raises(ConfigurationError, match=problem):
        Pipeline(name="stored", schedule=DAILY, feature_crawl=expression)
