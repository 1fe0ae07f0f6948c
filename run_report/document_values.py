"""The values of an execution's expressions, read with the permissions of the function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from execution_reader.execution import Execution
from execution_reader.expressions import Unknown
from execution_reader.step_kinds import Job
from execution_reader.values import Values


class DocumentValues(Values):
    """Has only the documents of the lake: the function may neither describe jobs nor read others.

    `documents` has the documents of the steps, by `<step>/<output>/<file>`.
    """

    def __init__(self, execution: Execution, documents: Mapping[str, Any]) -> None:
        super().__init__(execution)
        self.documents = documents

    def job(self, job: Job, arn: str) -> Mapping[str, Any]:
        """Refuse to describe a job."""
        raise Unknown(f"The report does not read {arn}.")

    def file(self, step: str, output: str, path: str) -> Any:
        """Return a document of a step."""
        name = f"{step}/{output}/{path}"
        if name not in self.documents:
            raise Unknown(f"The execution has no document {name}.")
        return self.documents[name]

    def document(self, uri: str) -> Any:
        """Refuse to read an object that no step of the execution has written."""
        raise Unknown(f"The report does not read {uri}.")
