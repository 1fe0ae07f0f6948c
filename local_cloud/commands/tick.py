"""`tick`: fire a schedule or action now, and wait for the pipeline that a schedule starts."""

from __future__ import annotations

import argparse
import sys
from typing import Any
from urllib.parse import quote

from local_cloud.app_settings import deployed_settings, run_app_command
from local_cloud.client import ACTIONS_PATH, RULES_PATH, call
from local_cloud.context import Cloud
from local_cloud.errors import LocalCloudError
from local_cloud.output import show
from local_cloud.state import read_deployment

HELP = "fire a deployed rule now and follow the pipeline it starts (exit code 1 if it fails)"
_TIMEOUT_SECONDS = 120.0


class RuleRejected(LocalCloudError):
    """No deployed rule, or more than one, matches the name, or the rule is disabled."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the argument: a rule, or the pipeline that the rule starts."""
    parser.add_argument(
        "rule",
        metavar="RULE",
        help="name of the rule or of the pipeline it starts, or its last part; or the name of a "
        "scheduled action of Redshift",
    )
    parser.add_argument("--no-wait", action="store_true", help="do not wait")


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Fire the rule with its targets and role, then follow the executions unless --no-wait is set.

    The command `follow` of the app follows them; without one, the command does not wait.
    """
    if arguments.rule in _scheduled_actions(cloud.client("redshift")):
        rule, path = arguments.rule, ACTIONS_PATH
    else:
        rule = find_rule(cloud.client("events"), cloud.client("scheduler"), arguments.rule)
        path = RULES_PATH
    deliveries = _fire(cloud, path + quote(rule))
    failed = [delivery for delivery in deliveries if delivery["error"]]
    for delivery in failed:
        print(f"{rule} → {delivery['target_arn']}: {delivery['error']}", file=sys.stderr)
    if failed:
        return 1
    started = [d["result"].get("PipelineExecutionArn") for d in deliveries]
    executions = [arn for arn in started if arn]
    if executions and not arguments.no_wait and deployed_settings(cloud).follow:
        return max(_follow(cloud, arn, as_json=arguments.json) for arn in executions)
    reached = ", ".join(delivery["target_arn"] for delivery in deliveries)
    show(
        {"rule": rule, "deliveries": deliveries},
        text=f"{rule} has fired: {', '.join(executions) or reached}",
        as_json=arguments.json,
    )
    return 0


def find_rule(events: Any, scheduler: Any, name: str) -> str:
    """Return the scheduled rule or the schedule with this name, or the only one of this pipeline.

    Raises `RuleRejected` with the names of all.
    """
    scheduled = {**_rules(events), **_schedules(scheduler)}
    if name in scheduled:
        return name
    found = [
        each
        for each, pipelines in scheduled.items()
        if any(pipeline == name or pipeline.endswith(f"-{name}") for pipeline in pipelines)
    ]
    if len(found) != 1:
        raise RuleRejected(
            f"{len(found) or 'No'} scheduled rules are named {name!r} or start such a "
            f"pipeline; scheduled rules: {', '.join(scheduled) or 'none'}. Pass a full name."
        )
    return found[0]


def _rules(events: Any) -> dict[str, set[str]]:
    """Return the scheduled rules, each with the pipelines that it starts."""
    pages = events.get_paginator("list_rules").paginate()
    return {
        rule["Name"]: _pipelines(events.list_targets_by_rule(Rule=rule["Name"])["Targets"])
        for page in pages
        for rule in page["Rules"]
        if "ScheduleExpression" in rule
    }


def _schedules(scheduler: Any) -> dict[str, set[str]]:
    """Return the schedules of EventBridge Scheduler, each with the pipeline that it starts."""
    pages = scheduler.get_paginator("list_schedules").paginate()
    return {
        each["Name"]: _pipelines([each["Target"]]) for page in pages for each in page["Schedules"]
    }


def _pipelines(targets: list[dict[str, Any]]) -> set[str]:
    return {target["Arn"].rpartition("/")[2] for target in targets if ":pipeline/" in target["Arn"]}


def _scheduled_actions(redshift: Any) -> set[str]:
    pages = redshift.get_paginator("describe_scheduled_actions").paginate()
    return {each["ScheduledActionName"] for page in pages for each in page["ScheduledActions"]}


def _fire(cloud: Cloud, path: str) -> list[dict[str, Any]]:
    document = call(cloud, path, timeout_seconds=_TIMEOUT_SECONDS)
    if "error" in document:
        raise RuleRejected(document["error"])
    deliveries: list[dict[str, Any]] = document["deliveries"]
    return deliveries


def _follow(cloud: Cloud, execution: str, *, as_json: bool) -> int:
    """Run the app's command, and return its exit code."""
    deployment = read_deployment(cloud.state)
    if deployment is None:
        return 0
    words = [execution, *(["--json"] if as_json else [])]
    followed = run_app_command(
        cloud,
        deployed_settings(cloud).follow,
        deployment.environment,
        *words,
        cwd=deployment.folder,
    )
    return followed.returncode
