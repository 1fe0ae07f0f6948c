"""Generates passwords of administrators."""

from __future__ import annotations

import secrets
import string

_LENGTH = 32


def new_password() -> str:
    """Return a password with the required kinds of characters: capital, small letter, digit."""
    alphabet = string.ascii_letters + string.digits
    rest = "".join(secrets.choice(alphabet) for _ in range(_LENGTH - 3))
    return (
        secrets.choice(string.ascii_uppercase)
        + secrets.choice(string.ascii_lowercase)
        + secrets.choice(string.digits)
        + rest
    )
