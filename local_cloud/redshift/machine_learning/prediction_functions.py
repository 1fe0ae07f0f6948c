"""The functions of models in queries. A call becomes a call of DuckDB's `redshift_predict`."""

from __future__ import annotations

from sqlglot import exp

from local_cloud.redshift.access_control import check_schema
from local_cloud.redshift.machine_learning import models
from local_cloud.redshift.machine_learning.cells import cell, predicted
from local_cloud.redshift.machine_learning.models import EXECUTE, Model
from local_cloud.redshift.machine_learning.predict_function import PREDICT, Predictor
from local_cloud.redshift.machine_learning.predictors import EndpointPredictor, LocalPredictor
from local_cloud.redshift.redshift_types import RedshiftType
from local_cloud.redshift.session import Session
from local_cloud.redshift.sql.calls import MODEL_FUNCTION
from local_cloud.redshift.sql.conversions import converted
from local_cloud.redshift.sql.dialect import FUNCTION_SCHEMA, Call
from local_cloud.redshift.sql.functions import functions
from local_cloud.redshift.sql.functions.registry import Arguments, Function, Kind, scalar
from local_cloud.redshift.sql.templates import filled, literal
from local_cloud.redshift.statement_errors import StatementFailed


def bind_models(session: Session, tree: exp.Expr) -> None:
    """Find the models whose functions a query calls. `tree` is modified.

    Raises StatementFailed if the user may not execute a model, or if it is not READY.
    """
    calls = [call for call in tree.find_all(Call) if _is_foreign(call)]
    if not calls:
        return
    known = {(model.schema, model.function): model for model in models.models(session)}
    path = session.catalog().search_path
    for call in calls:
        schema = call.meta.get(FUNCTION_SCHEMA)
        places = path if schema is None else (schema,)
        found = next((known[s, call.name] for s in places if (s, call.name) in known), None)
        if found is not None:
            call.meta[MODEL_FUNCTION] = _function(session, found)


def _is_foreign(call: Call) -> bool:
    return FUNCTION_SCHEMA in call.meta or call.name not in functions()


def _function(session: Session, model: Model) -> Function:
    _check_executable(session, model)
    if model.id not in session.warehouse.predictors:
        session.warehouse.predictors[model.id] = _predictor(session, model)
    types = model.argument_types

    def sql(given: Arguments) -> exp.Expr:
        nodes = [converted(node, to) for node, to in zip(given.nodes, types, strict=True)]
        cells = [cell(f"{{{n}}}", of, model.kind) for n, of in enumerate(types)]
        row = f"CAST([{', '.join(cells)}] AS VARCHAR[])"
        call = f"{PREDICT}({literal(model.id)}, {row})"
        value = predicted(call, model.return_type, model.kind)
        return filled(value, *nodes, of=model.return_type)

    kinds = [_kind(of) for of in types]
    return scalar(model.function, *kinds, returns=model.return_type, sql=sql)


def _check_executable(session: Session, model: Model) -> None:
    on = model.securable(session.database)
    check_schema(session.access, session.user, "USAGE", on[:2])
    if not session.access.allows(session.user, EXECUTE, on):
        raise StatementFailed(f"ERROR: permission denied for function {model.function}")
    if model.state != models.READY:
        because = f": {model.reason}" if model.reason else ""
        raise StatementFailed(
            f"ERROR: the model {model.name} of function {model.function} is {model.state}{because}"
        )


def _predictor(session: Session, model: Model) -> Predictor:
    access, owner = session.s3_access, model.owner
    if model.kind == models.REMOTE:
        return EndpointPredictor(
            model.endpoint, lambda: access.client(model.role, owner, "sagemaker-runtime")
        )
    return LocalPredictor(access.cloud, model, models.artifact_of(session, model))


def _kind(of: RedshiftType) -> Kind:
    """Return which values an argument accepts: all that are converted to its type implicitly."""
    if of.is_number:
        return Kind.NUMBER
    if of.is_text:
        return Kind.TEXT
    return Kind.BOOLEAN if of.name == "bool" else Kind.ANY
