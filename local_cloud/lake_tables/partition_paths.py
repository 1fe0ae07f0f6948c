"""Folders of partitions in the style of Hive: `key=value/`.

Source: Hive, `FileUtils.escapePathName` and hive.exec.default.partition.name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

# The value of a partition key that is NULL.
NULL_VALUE = "__HIVE_DEFAULT_PARTITION__"
_ESCAPED = re.compile(r'[\x00-\x1f\x7f"#%\'*/:=?\\{\[\]^]')


def partition_path(keys: Sequence[str], values: Sequence[str]) -> str:
    """Return the folder of a partition, with a slash at the end."""
    pairs = zip(keys, values, strict=True)
    return "".join(f"{key}={_ESCAPED.sub(_code, value)}/" for key, value in pairs)


def partition_value(text: str) -> str:
    """Return the value of the text after `key=` in a folder."""
    return unquote(text)


def _code(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"
