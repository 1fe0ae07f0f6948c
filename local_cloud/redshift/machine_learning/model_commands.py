"""SHOW MODEL and DROP MODEL.

https://docs.aws.amazon.com/redshift/latest/dg/r_SHOW_MODEL.html
https://docs.aws.amazon.com/redshift/latest/dg/r_DROP_MODEL.html
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from local_cloud.redshift.machine_learning import models
from local_cloud.redshift.machine_learning.model_names import find_model, named_model
from local_cloud.redshift.machine_learning.models import EXECUTE, Model
from local_cloud.redshift.machine_learning.training import delete_objects, stop_training
from local_cloud.redshift.redshift_types import CATALOG_VARCHAR
from local_cloud.redshift.result_set import ResultColumn, ResultSet
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed

_BLANK = ("", "")


def show_model(session: Session, reader: Reader) -> StatementOutcome:
    """Run SHOW MODEL {ALL | name}."""
    reader.expect("SHOW", "MODEL")
    if reader.accept("ALL"):
        reader.end()
        usable = [model for model in models.models(session) if _may_use(session, model)]
        rows = [(model.schema, model.name) for model in usable]
        return _table(("Schema Name", "Model Name"), rows)
    model = named_model(session, reader.qualified_name())
    reader.end()
    if not _may_use(session, model):
        raise StatementFailed(f"ERROR: permission denied for model {model.name}")
    owns = session.access.owns(session.user, model.securable(session.database))
    return _table(("Key", "Value"), list(_described(model, owns=owns)))


def drop_model(session: Session, reader: Reader) -> StatementOutcome:
    """Run DROP MODEL [IF EXISTS] name. A running training is cancelled, its objects are deleted."""
    reader.expect("DROP", "MODEL")
    if_exists = reader.accept("IF", "EXISTS")
    name = reader.qualified_name()
    reader.end()
    if if_exists and find_model(session, name) is None:
        return StatementOutcome()
    model = named_model(session, name)
    on = model.securable(session.database)
    if not (session.access.owns(session.user, on) or session.access.owns(session.user, on[:2])):
        raise StatementFailed(f"ERROR: must be owner of model {model.name}")
    if model.state == models.TRAINING:
        stop_training(session.s3_access.client(model.role, session.user, "sagemaker"), model)
    if model.bucket and not model.collect_garbage:
        delete_objects(session.s3_access.client(model.role, session.user), model)
    models.remove(session, model)
    session.access = session.access.without(on)
    predictor = session.warehouse.predictors.pop(model.id, None)
    if predictor is not None:
        predictor.close()
    return StatementOutcome()


def _may_use(session: Session, model: Model) -> bool:
    return session.access.allows(session.user, EXECUTE, model.securable(session.database))


def _described(model: Model, *, owns: bool) -> Iterator[tuple[str, str]]:
    """Yield the keys and values. Only the owner sees the role, the bucket, the key and the cost."""
    yield "Model Name", model.name
    yield "Schema Name", model.schema
    yield "Owner", model.owner
    yield "Creation Time", model.created
    yield "Model State", model.state
    if model.reason:
        yield "Failure Reason", model.reason
    for name, value in model.metrics.items():
        yield name, f"{value:.6f}"
    if owns and model.target:
        yield "Estimated Cost", "0.000000"
    if model.target:
        yield _BLANK
        yield "TRAINING DATA:", ""
        yield "Query", model.source
        yield "Target Column", model.target.upper()
    yield _BLANK
    yield "PARAMETERS:", ""
    yield from _parameters(model)
    if owns:
        yield "IAM Role", model.role
        if model.bucket:
            yield "S3 Bucket", model.bucket
        if model.kms_key:
            yield "KMS Key", model.kms_key
    if model.target:
        yield "Max Runtime", str(model.max_seconds)
    if model.hyperparameters and model.target:
        yield _BLANK
        yield "HYPERPARAMETERS:", ""
        yield from ((name, value) for name, value in model.hyperparameters.items())


def _parameters(model: Model) -> Iterator[tuple[str, str]]:
    if model.kind == models.REMOTE:
        yield "Endpoint", model.endpoint
        yield "Inference Type", "Remote"
    else:
        yield "Model Type", model.kind
    if model.job:
        yield "Training Job Name", model.job
    if model.kind == models.AUTO:
        yield "Problem Type", model.problem_type.lower()
    if model.objective:
        yield "Objective", model.objective
    yield "Function Name", model.function
    if model.argument_names:
        yield "Function Parameters", " ".join(model.argument_names)
    yield "Function Parameter Types", " ".join(each.name for each in model.argument_types)
    yield "Function Return Type", model.return_type.name


def _table(names: tuple[str, str], rows: list[tuple[str, str]]) -> StatementOutcome:
    columns = tuple(ResultColumn(name, CATALOG_VARCHAR) for name in names)
    table = pa.table(
        [pa.array([row[n] for row in rows], pa.string()) for n in range(2)], names=list(names)
    )
    return StatementOutcome(table.num_rows, ResultSet(columns, table))
