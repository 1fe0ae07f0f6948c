"""CREATE MODEL: trains a model, or makes one that exists outside of Redshift a function."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime

from local_cloud.redshift.access_control import check_schema
from local_cloud.redshift.machine_learning import models
from local_cloud.redshift.machine_learning.create_statement import (
    CreateStatement,
    read_create_model,
)
from local_cloud.redshift.machine_learning.existing_artifacts import imported
from local_cloud.redshift.machine_learning.models import CLUSTER, CREATE_MODEL, Model
from local_cloud.redshift.machine_learning.statement_checks import (
    check_bring_your_own,
    check_training,
)
from local_cloud.redshift.machine_learning.training import start_training
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.sql.functions import functions
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed, refused


def create_model(session: Session, reader: Reader) -> StatementOutcome:
    """Run CREATE MODEL. It returns when the training data is exported; the training continues."""
    found = read_create_model(reader)
    schema = _schema(session, found)
    _check_privileges(session, schema)
    model = _model(session, found, schema)
    _check_names(session, model)
    if found.query:
        check_training(found)
        model = start_training(session, model, found)
        models.add(session, model)
    else:
        check_bring_your_own(found)
        model = replace(model, arguments=tuple(found.arguments), returns=found.returns)
        if found.endpoint:
            session.s3_access.client(model.role, session.user, "sagemaker-runtime")
            models.add(session, model)
        else:
            models.add(session, *imported(session, model, found.artifact))
    owners = {**session.access.owners, model.securable(session.database): session.user}
    session.access = replace(session.access, owners=owners)
    return StatementOutcome()


def _schema(session: Session, found: CreateStatement) -> str:
    *qualifier, _ = found.name
    schema = qualifier[-1] if qualifier else session.catalog().current_schema
    if schema not in session.catalog().schemas:
        raise StatementFailed(f'ERROR: schema "{schema}" does not exist')
    if found.function[:-1] not in ((), (schema,)):
        raise refused("a function in another schema than its model")
    return schema


def _check_privileges(session: Session, schema: str) -> None:
    """Raise StatementFailed without CREATE MODEL, or without CREATE on the schema.

    https://docs.aws.amazon.com/redshift/latest/dg/getting-started-machine-learning.html
    """
    if not session.access.allows(session.user, CREATE_MODEL, CLUSTER):
        raise StatementFailed("ERROR: permission denied to create a model")
    check_schema(session.access, session.user, "CREATE", (session.database, schema))


def _model(session: Session, found: CreateStatement, schema: str) -> Model:
    """Return the model before its columns are known."""
    now = datetime.now(UTC)
    kind = models.REMOTE if found.endpoint else models.AUTO
    return Model(
        id=f"redshiftml-{now:%Y%m%d%H%M%S}-{uuid.uuid4().hex[:8]}",
        schema=schema,
        name=found.name[-1],
        owner=session.user,
        created=f"{now:%a, %d.%m.%Y %H:%M:%S}",
        state=models.READY,
        kind=kind if found.auto and not found.artifact else models.XGBOOST,
        function=found.function[-1],
        argument_names=(),
        arguments=(),
        returns=found.returns,
        role=found.role,
        target=found.target,
        source=found.artifact or found.query,
        problem_type=found.problem_type,
        objective=found.objective,
        hyperparameters={} if found.auto else {"num_round": "100", **found.hyperparameters},
        bucket=found.bucket,
        kms_key=found.kms_key,
        collect_garbage=found.collect_garbage,
        max_seconds=found.max_runtime,
        endpoint=found.endpoint,
    )


def _check_names(session: Session, model: Model) -> None:
    existing = [each for each in models.models(session) if each.schema == model.schema]
    if any(each.name == model.name for each in existing):
        raise StatementFailed(f'ERROR: Model "{model.name}" already exists')
    if any(each.function == model.function for each in existing):
        raise refused(f"a second function {model.function}()")
    if model.function in functions():
        raise StatementFailed(f'ERROR: function "{model.function}" already exists')
