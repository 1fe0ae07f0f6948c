"""A cluster is paused on a schedule, and no pipeline that uses it starts while it is paused."""

from dataclasses import replace

import pytest

from stacks.config import ConfigurationError, Schedule
from stacks.pipeline.paused_starts import check_starts
from tests.application.environments import DEMAND, FILES, FIXED, INTERNET, NIGHTS
from tests.application.synthesised import synthesised
from tests.synthesis import synthesise


@pytest.fixture(scope="module")
def environment():
    return synthesised("internet")


def starts(expression, pause=NIGHTS):
    check_starts(pause, replace(DEMAND, schedule=Schedule(expression=expression)))


def test_the_scheduler_may_only_pause_and_resume_the_cluster(environment):
    """Principal: https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateScheduledAction.html"""
    found = environment.resources("warehouse", "AWS::Redshift::ScheduledAction").values()
    actions = {each["Properties"]["ScheduledActionName"]: each["Properties"] for each in found}
    assert set(actions) == {"redline-internet-pause", "redline-internet-resume"}
    pause, resume = actions["redline-internet-pause"], actions["redline-internet-resume"]
    assert pause["Schedule"] == NIGHTS.pauses and resume["Schedule"] == NIGHTS.resumes
    (cluster,) = environment.resources("warehouse", "AWS::Redshift::Cluster")
    assert pause["TargetAction"] == {"PauseCluster": {"ClusterIdentifier": {"Ref": cluster}}}
    assert resume["TargetAction"] == {"ResumeCluster": {"ClusterIdentifier": {"Ref": cluster}}}
    role = environment.templates["warehouse"]["Resources"][pause["IamRole"]["Fn::GetAtt"][0]]
    (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.redshift.amazonaws.com"}


def test_a_warehouse_without_a_pause_has_no_actions():
    assert not synthesised("basic").resources("warehouse", "AWS::Redshift::ScheduledAction")


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("cron(0 22 ? * WED *)", "it starts on Wed 22:00 UTC, and the warehouse is paused since"),
        ("cron(0 3 ? * SUN *)", "it starts on Sun 03:00 UTC, and the warehouse is paused since"),
        ("cron(0 12 ? * SAT *)", "paused since Fri 20:00"),
        ("cron(0 12 1 * ? *)", "paused since"),
        ("cron(15 4 ? * MON-FRI *)", "less than 30 minutes after the warehouse is resumed"),
        ("cron(30 19 ? * TUE *)", "less than 60 minutes before the warehouse is paused"),
        ("cron(0/30 * ? * MON *)", "it starts on Mon 00:00 UTC"),
        ("rate(1 day)", "a rate begins with the deployment"),
    ],
)
def test_a_start_without_a_warehouse_is_refused(expression, reason):
    with pytest.raises(ConfigurationError) as refused:
        starts(expression)
    assert reason in str(refused.value)
    assert f"demand.schedule.expression is '{expression}'" in str(refused.value)


@pytest.mark.parametrize(
    "expression", ["cron(0 5 ? * MON-FRI *)", "cron(30 4 ? * 2-6 *)", "cron(0 19 ? * FRI *)"]
)
def test_other_starts_are_accepted(expression):
    starts(expression)


def test_a_disabled_schedule_starts_nothing():
    check_starts(
        NIGHTS, replace(DEMAND, schedule=Schedule(expression="rate(1 day)", enabled=False))
    )


def test_only_pipelines_that_use_the_warehouse_are_checked():
    night = Schedule(expression="cron(0 22 ? * * *)")
    files, demand = replace(FILES, schedule=night), replace(DEMAND, schedule=night)
    synthesise(replace(INTERNET, name="nights", pipelines=(files,)), **FIXED)
    with pytest.raises(ConfigurationError, match=r"demand\.schedule\.expression"):
        synthesise(replace(INTERNET, name="nights", pipelines=(files, demand)), **FIXED)


def test_an_expression_of_one_year_and_each_of_several_schedules_are_checked():
    with pytest.raises(ConfigurationError, match="Tue 22:00 UTC"):
        starts("cron(0 22 1 2 ? 2033)")
    day = Schedule(name="day", expression="cron(0 12 ? * MON *)")
    night = Schedule(
        name="night", expression="cron(0 1 ? * TUE *)", time_zone="America/Los_Angeles"
    )
    check_starts(NIGHTS, replace(DEMAND, schedule=None, schedules=(day, night)))
    night = replace(night, time_zone="Europe/Berlin")
    with pytest.raises(ConfigurationError, match="Tue 00:00 UTC"):
        check_starts(NIGHTS, replace(DEMAND, schedule=None, schedules=(day, night)))
