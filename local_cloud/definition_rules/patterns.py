"""Matches values with the patterns in AWS' API models. The syntax of the patterns is Java's."""

import re
import unicodedata
from functools import lru_cache

_ASTRAL = "\\U00010000-\\U0010ffff"


@lru_cache(maxsize=512)
def compiled_pattern(pattern: str) -> re.Pattern[str]:
    """Convert `pattern` to Python: expand classes such as \\p{L}, join surrogate pairs."""
    text = pattern.replace("\\uD800\\uDC00-\\uDBFF\\uDFFF", _ASTRAL)
    text = re.sub(r"\\p\{(\w+)\}", lambda match: _characters(match[1]), text)
    text = re.sub(r"\$\{\d+,\d+\}", "$", text)  # Python does not allow a repeated anchor
    return re.compile(text)


def matches(pattern: str, value: str) -> bool:
    """Return whether `pattern` matches the complete `value`."""
    return compiled_pattern(pattern).fullmatch(value) is not None


@lru_cache(maxsize=32)
def _characters(category: str) -> str:
    """Return the content of a character class for a Unicode category such as "L" or "Zs".

    All characters after the first 65,536 code points are included.
    """
    if category == "Alnum":
        return "a-zA-Z0-9"
    codes = [n for n in range(0x10000) if unicodedata.category(chr(n)).startswith(category)]
    return "".join(_ranges(codes)) + _ASTRAL


def _ranges(codes: list[int]) -> list[str]:
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return [f"\\u{first:04x}-\\u{last:04x}" for first, last in ranges]
