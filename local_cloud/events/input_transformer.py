"""The input of a target: the event, a part of it, a constant, or a filled template.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"<([^<>]+)>")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_ABSENT = object()


def payload(target: Mapping[str, Any], event: Mapping[str, Any], *, rule_arn: str) -> str:
    """Return the input of the target, usually JSON."""
    if "Input" in target:
        constant: str = target["Input"]
        return constant
    if "InputPath" in target:
        part = _find(event, target["InputPath"])
        return json.dumps(None if part is _ABSENT else part)
    if "InputTransformer" in target:
        return _filled(target["InputTransformer"], event, rule_arn)
    return json.dumps(event)


def _filled(transformer: Mapping[str, Any], event: Mapping[str, Any], rule_arn: str) -> str:
    values = {
        name: _find(event, path) for name, path in transformer.get("InputPathsMap", {}).items()
    }
    values |= {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_arn.rpartition("/")[2],
        "aws.events.event.ingestion-time": event["time"],
        "aws.events.event": {k: v for k, v in event.items() if k != "detail"},
        "aws.events.event.json": event,
    }
    template: str = transformer["InputTemplate"]

    def fill(match: re.Match[str]) -> str:
        if match[1] not in values:
            return match[0]
        return _text(values[match[1]], quoted=_is_quoted(template, match.start()))

    return _PLACE.sub(fill, template)


def _text(value: Any, *, quoted: bool) -> str:
    """Return the text that replaces a placeholder: plain text inside of a string, else JSON."""
    if value is _ABSENT:
        return "" if quoted else '""'
    if not quoted:
        return json.dumps(value)
    bare = value if isinstance(value, str) else json.dumps(value)
    return json.dumps(bare)[1:-1]


def _is_quoted(template: str, position: int) -> bool:
    """Return whether the position is inside of quotes."""
    before = template[:position].replace(r"\"", "")
    return before.count('"') % 2 == 1


def _find(event: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path such as `$.detail.steps[0].name`."""
    value: Any = event
    for name, index in _STEP.findall(path.removeprefix("$")):
        key: Any = name or int(index)
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return _ABSENT
    return value
