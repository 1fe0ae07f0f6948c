"""`tick`: fire a scheduled rule now, and wait for the pipeline that the rule starts."""

from __future__ import annotations

import argparse
import sys
from typing import Any
from urllib.parse import quote

from local_cloud.app_settings import deployed_settings, run_app_command
from local_cloud.client import RULES_PATH, call
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
        help="name of the rule or of the pipeline it starts, or its last part",
    )
    parser.add_argument("--no-wait", action="store_true", help="do not wait")


def run(arguments: argparse.Namespace, cloud: Cloud) -> int:
    """Fire the rule with its targets and role, then follow the executions unless --no-wait is set.

    The command `follow` of the app follows them; without one, the command does not wait.
    """
    rule = find_rule(cloud.client("events"), arguments.rule)
    deliveries = _fire(cloud, rule)
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


def find_rule(events: Any, name: str) -> str:
    """Return the scheduled rule with this name, or the only one that starts this pipeline.

    Raises `RuleRejected` with the names of the scheduled rules.
    """
    pages = events.get_paginator("list_rules").paginate()
    scheduled = [r["Name"] for page in pages for r in page["Rules"] if "ScheduleExpression" in r]
    if name in scheduled:
        return name
    found = [rule for rule in scheduled if _starts(events, rule, name)]
    if len(found) != 1:
        raise RuleRejected(
            f"{len(found) or 'No'} scheduled rules are named {name!r} or start such a "
            f"pipeline; scheduled rules: {', '.join(scheduled) or 'none'}. Pass a full name."
        )
    rule: str = found[0]
    return rule


def _starts(events: Any, rule: str, pipeline: str) -> bool:
    targets = events.list_targets_by_rule(Rule=rule)["Targets"]
    names = {
        target["Arn"].rpartition("/")[2] for target in targets if ":pipeline/" in target["Arn"]
    }
    return any(name == pipeline or name.endswith(f"-{pipeline}") for name in names)


def _fire(cloud: Cloud, rule: str) -> list[dict[str, Any]]:
    document = call(cloud, RULES_PATH + quote(rule), timeout_seconds=_TIMEOUT_SECONDS)
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
