"""The wildcards (`*`, `?`) and variables (such as `${aws:userid}`) of IAM policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

# Condition key, in lower case -> its values in one call.
Context = Mapping[str, tuple[str, ...]]

_VARIABLE = re.compile(r"\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)')?\s*\}")
# Placeholders (private-use characters) for `*` and `?` that are not wildcards.
_STAR, _MARK = "\ue000", "\ue001"
_LITERALS = {"*": _STAR, "?": _MARK, "$": "$"}


class NoValue(Exception):
    """A variable has no default and no single value in this call. Nothing matches the pattern."""


def matches(pattern: str, value: str, context: Context, *, exact_case: bool = True) -> bool:
    """Replace the variables of the pattern and return whether the value matches it."""
    if pattern == "*":
        return True
    try:
        filled = fill(pattern, context, escape=True)
    except NoValue:
        return False
    return compiled(filled, exact_case).fullmatch(value) is not None


def fill(text: str, context: Context, *, escape: bool = False) -> str:
    """Return the text with variables replaced by their values. Raises `NoValue`.

    With `escape`, `*` and `?` in the values are not wildcards, as on AWS.
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
    """Return a pattern as a regular expression. Characters that `fill` escaped are literal."""
    made = {"*": ".*", "?": ".", _STAR: r"\*", _MARK: r"\?"}
    expression = "".join(made.get(character, re.escape(character)) for character in text)
    return re.compile(expression, re.DOTALL | (0 if exact_case else re.IGNORECASE))
