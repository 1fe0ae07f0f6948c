"""What the database of an existing warehouse must contain, as SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stacks.warehouse.warehouse_migrations import WarehouseSchema


@dataclass(frozen=True, kw_only=True)
class ExistingSchema:
    """The tables that pipelines read, and the users and rights that the owner gives them.

    `tables` exist on AWS; only the laptop cloud runs these statements, and those of `rows`, which
    generate rows. `users` maps the name of a database user to the statements with which the owner
    of the warehouse creates it. `own` is the schema of the environment, if there is one.
    """

    tables: Sequence[str]
    rows: Sequence[str]
    users: Mapping[str, Sequence[str]]
    own: WarehouseSchema | None
