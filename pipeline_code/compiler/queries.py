"""The queries of a definition: of the warehouse, and of Athena."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local_cloud.definition_rules.document import Step, objects_at, steps_of
from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.compiler.placeholders import ENVIRONMENT

# The values of the environment whose function or queue runs the query of a step.
_QUERYING = tuple(
    {"Get": f"{ENVIRONMENT}.{name}"}
    for name in ("ExtractFunctionArn", "ExtractQueueUrl", "NewDataFunctionArn")
)


class QueryTextError(DefinitionError):
    """A query is not text, so its tables are not known before it runs."""


def queries_of(name: str, body: dict[str, Any]) -> dict[str, str]:
    """Return step -> query, for each step of a definition that runs one, and each Redshift dataset.

    Raises:
        QueryTextError: a query is an expression, such as a parameter.
    """
    found = {}
    for step in steps_of(body):
        for place, query in _queries(step):
            if not isinstance(query, str):
                raise QueryTextError(
                    f"{name}: the query of the step {place} is {query!r}, expected text: the "
                    "rights of the pipeline are derived from it; use a SQL file of the folder, "
                    "and bind values as parameters"
                )
            found[place] = query
    return found


@dataclass(frozen=True, kw_only=True)
class AthenaQuery:
    """A query of an Athena dataset. `database` is the environment value with its database."""

    place: str
    database: str
    text: str


def athena_queries(name: str, body: dict[str, Any]) -> Iterator[AthenaQuery]:
    """Yield the queries of the Athena datasets of a definition."""
    for step in steps_of(body):
        for given in objects_at(step.arguments, "ProcessingInputs"):
            dataset = (given.get("DatasetDefinition") or {}).get("AthenaDatasetDefinition")
            if dataset:
                yield AthenaQuery(
                    place=f"{name}, step {step.name} (input {given.get('InputName')})",
                    database=str(dataset["Database"]["Get"]).removeprefix(f"{ENVIRONMENT}."),
                    text=dataset["QueryString"],
                )


def _queries(step: Step) -> Iterator[tuple[str, Any]]:
    targets = (step.document.get("FunctionArn"), step.document.get("SqsQueueUrl"))
    if any(target in _QUERYING for target in targets):
        yield step.name, step.arguments.get("query")
    for given in objects_at(step.arguments, "ProcessingInputs"):
        dataset = (given.get("DatasetDefinition") or {}).get("RedshiftDatasetDefinition")
        if dataset:
            yield f"{step.name} (input {given.get('InputName')})", dataset.get("QueryString")
