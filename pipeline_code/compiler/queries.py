"""The queries of a definition, which the warehouse runs with the rights of the pipeline."""

from collections.abc import Iterator
from typing import Any

from local_cloud.definition_rules.document import Step, objects_at, steps_of
from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.compiler.placeholders import ENVIRONMENT

# The values of the environment whose function or queue runs the query of a step.
_EXTRACTIONS = tuple(
    {"Get": f"{ENVIRONMENT}.{name}"} for name in ("ExtractFunctionArn", "ExtractQueueUrl")
)


class QueryTextError(DefinitionError):
    """A query is not text, so its tables are not known before it runs."""


def queries_of(name: str, body: dict[str, Any]) -> dict[str, str]:
    """Return step -> query, for each extraction and each Redshift dataset of a definition.

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


def _queries(step: Step) -> Iterator[tuple[str, Any]]:
    targets = (step.document.get("FunctionArn"), step.document.get("SqsQueueUrl"))
    if any(target in _EXTRACTIONS for target in targets):
        yield step.name, step.arguments.get("query")
    for given in objects_at(step.arguments, "ProcessingInputs"):
        dataset = (given.get("DatasetDefinition") or {}).get("RedshiftDatasetDefinition")
        if dataset:
            yield f"{step.name} (input {given.get('InputName')})", dataset.get("QueryString")
