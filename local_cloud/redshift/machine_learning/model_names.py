"""Finds models by their names."""

from __future__ import annotations

from local_cloud.redshift.access_control import check_schema
from local_cloud.redshift.machine_learning import models
from local_cloud.redshift.machine_learning.models import Model
from local_cloud.redshift.session import Session
from local_cloud.redshift.statement_errors import StatementFailed


def find_model(session: Session, parts: tuple[str, ...]) -> Model | None:
    """Return the model `name` or `schema.name`; None if it does not exist."""
    *qualifier, name = parts
    places = (qualifier[-1],) if qualifier else session.catalog().search_path
    known = {(model.schema, model.name): model for model in models.models(session)}
    return next((known[place, name] for place in places if (place, name) in known), None)


def named_model(session: Session, parts: tuple[str, ...]) -> Model:
    """Return a model. Raises StatementFailed if it does not exist or its schema is denied."""
    found = find_model(session, parts)
    if found is None:
        raise StatementFailed(f'ERROR: model "{".".join(parts)}" does not exist')
    check_schema(session.access, session.user, "USAGE", (session.database, found.schema))
    return found
