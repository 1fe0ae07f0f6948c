"""Exclude patterns of S3 targets: globs that are relative to the path of the target.

Source: "Include and exclude patterns",
https://docs.aws.amazon.com/glue/latest/dg/define-crawler-choose-data-sources.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# A class is [abc], [a-z] or [!abc]; a group is {csv,json}.
_TOKENS = re.compile(r"\*\*|\*|\?|\\.|\[!?[^\]]+\]|\{|\}|,|.", re.DOTALL)
_SIMPLE = {"**": ".*", "*": "[^/]*", "?": "[^/]"}


class InvalidPattern(ValueError):
    """A pattern has a group without an end, a group within a group, or a range such as [z-a]."""


def excluded(path: str, patterns: Sequence[str]) -> bool:
    """Return whether a path, relative to the target, matches one of the patterns."""
    return any(re.fullmatch(regular_expression(each), path, re.DOTALL) for each in patterns)


def regular_expression(pattern: str) -> str:
    """Return the regular expression of a pattern. Raises `InvalidPattern`."""
    parts, in_group = [], False
    for token in _TOKENS.findall(pattern):
        if token == "{":
            if in_group:
                raise InvalidPattern(f"the exclude pattern {pattern!r} has a group within a group")
            in_group = True
        parts.append(_translated(token, in_group=in_group))
        in_group = in_group and token != "}"
    if in_group:
        raise InvalidPattern(f"the exclude pattern {pattern!r} has a group without an end: add }}")
    expression = "".join(parts)
    try:
        re.compile(expression)
    except re.error as error:
        raise InvalidPattern(f"the exclude pattern {pattern!r} is not valid: {error}") from error
    return expression


def _translated(token: str, *, in_group: bool) -> str:
    if token in _SIMPLE:
        return _SIMPLE[token]
    if in_group and token in "{},":
        return {"{": "(?:", "}": ")", ",": "|"}[token]
    if len(token) > 2 and token.startswith("["):
        negated, members = token[1] == "!", token[1:-1].removeprefix("!")
        escaped = re.sub(r"([\\^\[])", r"\\\1", members)
        # A class never matches the end of a folder.
        return f"(?!/)[{'^' if negated else ''}{escaped}]"
    return re.escape(token[1] if token.startswith("\\") and len(token) == 2 else token)
