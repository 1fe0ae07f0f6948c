"""Passwords as Redshift makes them for administrators."""

from __future__ import annotations

import secrets
import string

_LENGTH = 32


def new_password() -> str:
    """Letters and digits, with at least one of each kind the service asks for."""
    alphabet = string.ascii_letters + string.digits
    rest = "".join(secrets.choice(alphabet) for _ in range(_LENGTH - 3))
    return (
        secrets.choice(string.ascii_uppercase)
        + secrets.choice(string.ascii_lowercase)
        + secrets.choice(string.digits)
        + rest
    )
