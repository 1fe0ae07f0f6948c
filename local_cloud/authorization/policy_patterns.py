"""IAM's wildcards and variables: `*` for any characters, `?` for one, `${aws:userid}` for a value.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

# Condition keys, in lower case, and their values in one call; a key that is absent has none.
Context = Mapping[str, tuple[str, ...]]

_VARIABLE = re.compile(r"\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)')?\s*\}")
# Private characters stand for the wildcards' own characters until they are compiled.
_STAR, _MARK = "\ue000", "\ue001"
_LITERALS = {"*": _STAR, "?": _MARK, "$": "$"}


class NoValue(Exception):
    """A variable has no single value in this call and no default: nothing matches."""


def matches(pattern: str, value: str, context: Context, *, exact_case: bool = True) -> bool:
    """Whether the value fits a pattern with wildcards, after its variables are filled in."""
    if pattern == "*":
        return True
    try:
        filled = fill(pattern, context, escape=True)
    except NoValue:
        return False
    return compiled(filled, exact_case).fullmatch(value) is not None


def fill(text: str, context: Context, *, escape: bool = False) -> str:
    """The text with its variables' values; raises `NoValue`.

    `escape` keeps the wildcards in values from being wildcards, as the service does.
    """
    if "${" not in text:
        return text

    def value(found: re.Match[str]) -> str:
        name, default = found.group(1), found.group(2)
        if name in _LITERALS:
            return _LITERALS[name] if escape else name
        values = context.get(name.lower(), ())
        if len(values) != 1 and default is None:
            raise NoValue(name)
        chosen = values[0] if len(values) == 1 else str(default)
        return chosen.replace("*", _STAR).replace("?", _MARK) if escape else chosen

    return _VARIABLE.sub(value, text)


@lru_cache(maxsize=8192)
def compiled(text: str, exact_case: bool) -> re.Pattern[str]:
    """A pattern as a regular expression; what `fill` has escaped is no wildcard."""
    made = {"*": ".*", "?": ".", _STAR: r"\*", _MARK: r"\?"}
    expression = "".join(made.get(character, re.escape(character)) for character in text)
    return re.compile(expression, re.DOTALL | (0 if exact_case else re.IGNORECASE))
