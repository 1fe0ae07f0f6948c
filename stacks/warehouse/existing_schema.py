"""What the database of an existing warehouse must contain, as SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ExistingSchema:
    """The tables that pipelines read, and the users and rights that the owner gives them.

    `tables` exist on AWS; only the laptop cloud runs these statements. `users` maps the name of a
    database user to the statements with which the owner of the warehouse creates it.
    """

    tables: Sequence[str]
    users: Mapping[str, Sequence[str]]
