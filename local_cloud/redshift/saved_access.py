"""Converts the users and privileges of a cluster to bytes and back."""

from __future__ import annotations

import io
import pickle

from local_cloud.persistence.restricted_pickles import RestrictedUnpickler
from local_cloud.redshift.access_control import Access


def access_bytes(access: Access) -> bytes:
    """Return the bytes of users and privileges."""
    return pickle.dumps(access)


def read_access(content: bytes) -> Access:
    """Return the users and privileges. Raises `pickle.UnpicklingError` for invalid bytes."""
    access: Access = RestrictedUnpickler(io.BytesIO(content)).load()
    return access
