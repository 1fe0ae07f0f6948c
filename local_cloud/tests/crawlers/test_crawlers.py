"""The life of a crawler: requests, states, schedules, tags, permissions and saved state."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local_cloud.crawlers.crawl import Crawl
from local_cloud.crawlers.crawl_runner import CrawlRunner
from local_cloud.crawlers.crawler import Crawler
from local_cloud.crawlers.crawler_backend import CrawlerBackend
from local_cloud.events.rule_scheduler import RuleScheduler
from local_cloud.redshift.api.scheduled_actions import ScheduledAction
from local_cloud.server import running
from local_cloud.tests.crawlers.conftest import Lake, parquet


def test_a_crawler_is_described_changed_and_deleted(lake):
    name = lake.crawler(Schedule="cron(0 3 * * ? *)", Tags={"team": lake.name})
    found = lake.glue.get_crawler(Name=name)["Crawler"]
    assert found["State"] == "READY"
    assert found["Schedule"] == {"ScheduleExpression": "cron(0 3 * * ? *)", "State": "SCHEDULED"}
    assert found["SchemaChangePolicy"] == {
        "UpdateBehavior": "UPDATE_IN_DATABASE",
        "DeleteBehavior": "DEPRECATE_IN_DATABASE",
    }
    assert (found["Version"], "LastCrawl" in found) == (1, False)
    lake.glue.update_crawler(Name=name, TablePrefix="raw_", Schedule="")
    found = lake.glue.get_crawlers()["Crawlers"]
    (found,) = [each for each in found if each["Name"] == name]
    assert (found["TablePrefix"], found["Version"], "Schedule" in found) == ("raw_", 2, False)
    assert lake.glue.list_crawlers(Tags={"team": lake.name})["CrawlerNames"] == [name]
    arn = f"arn:aws:glue:us-east-1:123456789012:crawler/{name}"
    lake.glue.tag_resource(ResourceArn=arn, TagsToAdd={"a": "1"})
    lake.glue.untag_resource(ResourceArn=arn, TagsToRemove=["team"])
    assert lake.glue.get_tags(ResourceArn=arn)["Tags"] == {"a": "1"}
    with pytest.raises(lake.glue.exceptions.AlreadyExistsException):
        lake.crawler(Name=name)
    lake.glue.delete_crawler(Name=name)
    with pytest.raises(lake.glue.exceptions.EntityNotFoundException):
        lake.glue.get_crawler(Name=name)


def test_the_states_of_a_crawl_that_is_stopped(lake, monkeypatch):
    """The crawl waits before its first object until the test has seen its states."""
    seen, stopped = threading.Event(), threading.Event()

    def wait(crawl, *arguments):
        seen.set()
        stopped.wait(60)
        assert crawl.stopped.is_set()
        return original(crawl, *arguments)

    original = Crawl._objects
    monkeypatch.setattr(Crawl, "_objects", wait)
    lake.put("t/x", parquet(id=[1]))
    name = lake.crawler("t")
    with pytest.raises(lake.glue.exceptions.CrawlerNotRunningException):
        lake.glue.stop_crawler(Name=name)
    lake.glue.start_crawler(Name=name)
    assert seen.wait(60)
    assert lake.glue.get_crawler(Name=name)["Crawler"]["State"] == "RUNNING"
    glue = lake.glue
    for operation in (glue.start_crawler, glue.delete_crawler, glue.update_crawler):
        with pytest.raises(lake.glue.exceptions.CrawlerRunningException):
            operation(Name=name)
    lake.glue.stop_crawler(Name=name)
    assert lake.glue.get_crawler(Name=name)["Crawler"]["State"] == "STOPPING"
    stopped.set()
    lake.wait(name)
    assert lake.glue.get_crawler(Name=name)["Crawler"]["LastCrawl"]["Status"] == "CANCELLED"
    assert lake.tables() == {}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"Targets": {"JdbcTargets": [{"Path": "x"}]}}, "the target type JdbcTargets"),
        ({"Targets": {}}, "at least one target in S3Targets"),
        (
            {"Targets": {"S3Targets": [{"Path": "s3://lake/", "SampleSize": 1}]}},
            "SampleSize of an S3 target",
        ),
        (
            {"Targets": {"S3Targets": [{"Path": "s3://lake/", "Exclusions": ["*.{a,{b}}"]}]}},
            "has a group within a group",
        ),
        ({"Targets": {"S3Targets": [{"Path": "/lake"}]}}, "S3 location '/lake' is not valid"),
        ({"Classifiers": ["own"]}, "Classifiers"),
        ({"RecrawlPolicy": {"RecrawlBehavior": "CRAWL_EVENT_MODE"}}, "RecrawlPolicy CRAWL_EVENT"),
        (
            {"RecrawlPolicy": {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"}},
            "can have only LOG DeleteBehavior value and LOG UpdateBehavior value",
        ),
        ({"CrawlerSecurityConfiguration": "x"}, "CrawlerSecurityConfiguration"),
        ({"Schedule": "rate(1 day)"}, r"write it as cron\(…\)"),
        ({"Schedule": "cron(0 3 * * *)"}, "Invalid schedule expression"),
        ({"Configuration": "{"}, "Configuration is not JSON"),
        ({"Configuration": "{}"}, "Version 1.0"),
        ({"Configuration": '{"Version": 1.0, "CreatePartitionIndex": true}'}, "CreatePartition"),
        (
            {"Configuration": '{"Version": 1.0, "Grouping": {"TableLevelConfiguration": 0}}'},
            "allowed is a whole number from 1",
        ),
        ({"SchemaChangePolicy": {"UpdateBehavior": "X"}}, "allowed is one of LOG"),
        ({"Role": "no-such-role"}, "unable to assume provided role"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(lake, more, reason):
    with pytest.raises(lake.glue.exceptions.InvalidInputException, match=reason):
        lake.crawler(**more)


def test_the_role_must_trust_glue(lake):
    role = lake.new_role((["s3:*"], "*"), service="lambda.amazonaws.com")
    with pytest.raises(lake.glue.exceptions.InvalidInputException, match="TrustPolicy"):
        lake.crawler(Role=role)


def test_a_caller_needs_the_permission_on_the_crawler_and_to_pass_its_role(lake):
    name = lake.crawler("t")
    own = f"arn:aws:glue:us-east-1:123456789012:crawler/{name}"
    caller = lake.new_role((["glue:StartCrawler"], own), (["glue:CreateCrawler"], "*"))
    glue = lake.cloud.client("glue", role_arn=caller)
    with pytest.raises(ClientError, match="glue:StartCrawler on resource"):
        glue.start_crawler(Name=lake.crawler("t"))
    for role in (lake.role, lake.role.rpartition("/")[2]):
        with pytest.raises(ClientError, match="iam:PassRole"):
            glue.create_crawler(Name="x", Role=role, DatabaseName="d", Targets={})
    glue.start_crawler(Name=name)
    lake.wait(name)


class Action:
    """Records which rules have fired."""

    def __init__(self):
        self.fired = []

    def __call__(self, rule, _due):
        self.fired.append(rule.arn)


@pytest.mark.parametrize(
    "scheduled",
    [
        Crawler({"Name": "c", "Schedule": "cron(0 3 * * ? *)"}, "c"),
        ScheduledAction("a", "PauseCluster", "c", "cron(0 3 * * ? *)", "role", "", "ENABLED"),
    ],
)
def test_the_scheduler_of_rules_fires_crawlers_and_actions_once_when_they_are_due(scheduled):
    action = Action()
    scheduler = RuleScheduler(rules=lambda: [scheduled], fire=action)
    at = datetime(2024, 1, 1, 2, 59, tzinfo=UTC)
    for minutes in range(4):
        scheduler.fire_due(at + timedelta(minutes=minutes))
    assert action.fired == [scheduled.arn]


def test_the_clock_of_a_laptop_cloud_starts_a_due_crawler(lake, monkeypatch):
    started = []
    monkeypatch.setattr(CrawlRunner, "start", lambda _, crawler: started.append(crawler.name))
    name = lake.crawler("t", Schedule="cron(0 3 * * ? *)")
    clock = CrawlerBackend.runner.clock
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    clock.fire_due(tomorrow)
    clock.fire_due(tomorrow + timedelta(days=1))
    lake.glue.delete_crawler(Name=name)
    assert name in started


def test_a_crawler_and_its_last_crawl_are_restored(tmp_path):
    (tmp_path / "saved").mkdir()
    with running(state=tmp_path, saved=tmp_path / "saved") as cloud:
        cloud.client("s3").create_bucket(Bucket="lake")
        lake = Lake(cloud)
        lake.put("t/x", parquet(id=[1]))
        name = lake.crawler("t", Tags={"a": "1"})
        before = lake.crawl(name)
    with running(state=tmp_path, saved=tmp_path / "saved") as cloud:
        found = cloud.client("glue").get_crawler(Name=name)["Crawler"]
        assert (found["State"], found["LastCrawl"]) == ("READY", before)
        assert cloud.client("glue").list_crawlers(Tags={"a": "1"})["CrawlerNames"] == [name]
