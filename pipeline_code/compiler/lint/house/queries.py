"""A dataset definition contains one query: its job encloses the query in an UNLOAD statement.

Queries in files of the folder are cleaned when they are inserted (`compiler/files.py`). This rule
finds the others, such as those of steps of the SDK.
"""

from collections.abc import Iterator
from typing import Any

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step
from local_cloud.definition_rules.findings import Finding
from pipeline_code.compiler.lint.house.request_members import DATA_SETS, items, member
from warehouse.sql_splitter import StatementError, only_statement

_ALLOWED = "one query without comments and without a final semicolon"


def check(definition: Definition) -> Iterator[Finding]:
    """Yield the queries that are not exactly one statement."""
    for step in definition.steps:
        for path, text in _queries(step):
            if isinstance(text, str) and (remedy := _remedy(text)):
                yield Finding("query of a dataset", step.name, path, text, _ALLOWED, remedy)


def _queries(step: Step) -> Iterator[tuple[str, Any]]:
    for path, given in items(step, "ProcessingInputs"):
        for kind in DATA_SETS:
            yield from member(path, given, "DatasetDefinition", kind, "QueryString")


def _remedy(text: str) -> str:
    try:
        return "" if only_statement(text) == text.strip() else "remove comments and the semicolon"
    except StatementError as error:
        return str(error)
