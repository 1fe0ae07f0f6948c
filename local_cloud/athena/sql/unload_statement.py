"""UNLOAD (query) TO 'location' WITH (format = …).

Source: https://docs.aws.amazon.com/athena/latest/ug/unload.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import exp

from local_cloud.athena.errors import QueryFailed, unsupported
from local_cloud.athena.s3.unload_files import UnloadTarget
from local_cloud.athena.sql.trino_query import parsed

_UNLOAD = re.compile(
    r"\s*\((?P<query>.*)\)\s*TO\s*'(?P<location>[^']+)'\s*WITH\s*\((?P<options>.*)\)\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
_OPTION = re.compile(r"\s*(\w+)\s*=\s*'((?:[^']|'')*)'\s*(?:,|$)")
_OPTIONS = ("format", "compression", "field_delimiter")


@dataclass(frozen=True)
class UnloadStatement:
    """The query, the location and the options of UNLOAD."""

    query: exp.Query
    location: str
    options: dict[str, str]

    def target(self, query_id: str) -> UnloadTarget:
        """Return where and how the files are written."""
        return UnloadTarget(
            self.location.rstrip("/") + "/" + query_id,
            self.options["format"].upper(),
            self.options.get("compression", "").upper() or None,
            self.options.get("field_delimiter"),
        )


def unload_statement(tree: exp.Command) -> UnloadStatement:
    """Return the parts of UNLOAD."""
    words = _UNLOAD.fullmatch(tree.args["expression"].name)
    if words is None:
        raise QueryFailed(
            "SYNTAX_ERROR: expected UNLOAD (query) TO 's3://bucket/prefix/' WITH (format = …)"
        )
    options = {name.lower(): value for name, value in _OPTION.findall(words["options"])}
    if _OPTION.sub("", words["options"]).strip():
        raise unsupported(f"UNLOAD … WITH ({words['options']})")
    if unknown := sorted(set(options) - set(_OPTIONS)):
        raise unsupported(f"the option {unknown[0]} of UNLOAD")
    if "format" not in options:
        raise QueryFailed("SYNTAX_ERROR: UNLOAD must have the option format")
    query = parsed(words["query"])
    if not isinstance(query, exp.Query):
        raise QueryFailed("SYNTAX_ERROR: UNLOAD expects a query")
    return UnloadStatement(query, words["location"], options)
