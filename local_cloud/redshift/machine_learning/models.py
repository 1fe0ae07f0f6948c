"""The models of a database, as rows of a DuckDB table, so that a rollback also affects them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

from sqlglot import exp

from local_cloud.redshift.access_control import Securable
from local_cloud.redshift.declared_types import declared_type
from local_cloud.redshift.redshift_types import RedshiftType
from local_cloud.redshift.sql.dialect import DIALECT

TRAINING, READY, FAILED = "TRAINING", "READY", "FAILED"
# The types of models, with the words of SHOW MODEL.
AUTO, XGBOOST, REMOTE = "auto", "xgboost", "remote"
# The privilege to create models in any schema; it belongs to no object.
CREATE_MODEL, CLUSTER = "CREATE MODEL", ()
EXECUTE = "EXECUTE"


class Executor(Protocol):
    """A session, or a connection to DuckDB."""

    def execute(self, sql: str, parameters: Any = None) -> Any:
        """Run a statement and return the cursor."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model: its function, its state and the options with which it was created.

    `id` also names the job and the prefix in S3. `arguments` and `returns` are declared types.
    """

    id: str
    schema: str
    name: str
    owner: str
    created: str
    state: str
    kind: str
    function: str
    argument_names: tuple[str, ...]
    arguments: tuple[str, ...]
    returns: str
    role: str
    source: str = ""
    target: str = ""
    problem_type: str = ""
    objective: str = ""
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    bucket: str = ""
    kms_key: str = ""
    collect_garbage: bool = True
    max_seconds: int = 0
    endpoint: str = ""
    job: str = ""
    reason: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """The prefix of all objects of the model in its bucket."""
        return f"redshift-ml/{self.id}/"

    @property
    def argument_types(self) -> list[RedshiftType]:
        """The types of the arguments."""
        return [_type(words) for words in self.arguments]

    @property
    def return_type(self) -> RedshiftType:
        """The type of the value."""
        return _type(self.returns)

    def securable(self, database: str) -> Securable:
        """Return the name of the model in the cluster's privileges; no table has this name."""
        return (database, self.schema, f"model {self.name}")


def add(executor: Executor, model: Model, artifact: bytes | None = None) -> None:
    """Write a new model."""
    executor.execute(
        "INSERT INTO main.models VALUES ($schema, $name, $id, $content, $artifact)",
        {**_key(model), "id": model.id, "content": _json(model), "artifact": artifact},
    )


def update(executor: Executor, model: Model, artifact: bytes | None = None) -> None:
    """Replace the content of a model, unless it was dropped."""
    executor.execute(
        "UPDATE main.models SET content = $content, artifact = $artifact WHERE id = $id",
        {"id": model.id, "content": _json(model), "artifact": artifact},
    )


def remove(executor: Executor, model: Model) -> None:
    """Delete a model."""
    executor.execute("DELETE FROM main.models WHERE id = $id", {"id": model.id})


def models(executor: Executor) -> Iterator[Model]:
    """Yield all models of the database, in the order of their names."""
    rows = executor.execute("SELECT content FROM main.models ORDER BY schema, name").fetchall()
    for (content,) in rows:
        yield _model(content)


def end_interrupted_trainings(executor: Executor) -> None:
    """Mark the models as failed whose training ended with an earlier server."""
    for model in list(models(executor)):
        if model.state == TRAINING:
            reason = "the laptop cloud was stopped during the training"
            update(executor, replace(model, state=FAILED, reason=reason))


def artifact_of(executor: Executor, model: Model) -> bytes:
    """Return the model.tar.gz of a model."""
    rows = executor.execute("SELECT artifact FROM main.models WHERE id = $id", {"id": model.id})
    content: bytes = rows.fetchall()[0][0]
    return content


def _key(model: Model) -> dict[str, str]:
    return {"schema": model.schema, "name": model.name}


def _json(model: Model) -> str:
    return json.dumps(asdict(model))


def _model(content: str) -> Model:
    found = json.loads(content)
    for name in ("arguments", "argument_names"):
        found[name] = tuple(found[name])
    return Model(**found)


def _type(words: str) -> RedshiftType:
    return declared_type(exp.DataType.build(words, dialect=DIALECT))
