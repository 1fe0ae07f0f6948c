"""Saves and loads scikit-learn estimators; a file with anything else is rejected."""

import io
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from pipeline_code.runtime.estimator_names import KNOWN, RENAMED
from pipeline_code.runtime.estimator_references import reference_of, referred
from pipeline_code.runtime.job_errors import DataError

# Errors while reading a file that `save_estimator` did not write.
_BROKEN = (
    *(pickle.UnpicklingError, AssertionError, AttributeError, EOFError, ImportError, LookupError),
    *(MemoryError, OverflowError, RuntimeError, TypeError, ValueError, struct.error),
)
_ALTERNATIVES = (
    "instead of a function of your own, compute the column in the query or in features.py, which "
    "training, batches and endpoints use; name the scoring of a search, and save best_estimator_ "
    "of a search in distributions"
)


def save_estimator(estimator: Any, path: Path) -> None:
    """Write a fitted estimator; raises DataError if `load_estimator` would reject it."""
    buffer = io.BytesIO()
    try:
        # Every Python version of the images supports this protocol.
        _Pickler(buffer, protocol=4).dump(estimator)
        _read(buffer.getvalue(), source=path.name)
    except (pickle.PicklingError, AttributeError, TypeError, DataError) as err:
        kind = type(estimator).__name__
        raise DataError(f"this {kind} cannot be saved: {err}; {_ALTERNATIVES}") from err
    path.write_bytes(buffer.getvalue())


def load_estimator(path: Path) -> Any:
    """Read the estimator from a file that `save_estimator` wrote.

    The file is a pickle, which can call any function by its name. This loader accepts only the
    names of scikit-learn's estimators and the names in `KNOWN`, so an untrusted file runs no code
    (Python's page on pickle, "Restricting Globals"). Raises DataError for any other name.
    """
    return _read(path.read_bytes(), source=path.name)


def _read(content: bytes, *, source: str) -> Any:
    from sklearn.base import BaseEstimator

    try:
        estimator = _Unpickler(content).load()
    except _BROKEN as err:
        raise DataError(f"{source} holds no scikit-learn estimator: {err}; train again") from err
    if not isinstance(estimator, BaseEstimator):
        kind = type(estimator).__name__
        raise DataError(f"{source} holds a {kind}, must be a scikit-learn estimator")
    return estimator


class _Pickler(pickle.Pickler):
    def persistent_id(self, found: Any) -> str | None:
        """Return the text that the file contains for a scorer or a universal function."""
        return reference_of(found)


# The class in Python, because that in C has no method for what changes an object (BUILD).
class _Unpickler(pickle._Unpickler):
    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content))
        # What names represent. The whole process shares these objects, so no file may change them.
        self.named: dict[int, Any] = {}

    def find_class(self, module_name: str, global_name: str) -> Any:
        """Return the object of a name in `KNOWN`, or the class of a scikit-learn estimator."""
        from sklearn.base import BaseEstimator

        module_name = RENAMED.get(module_name, module_name)
        known = global_name in KNOWN.get(module_name, ())
        if known or (module_name.startswith("sklearn.") and global_name.isidentifier()):
            found = super().find_class(module_name, global_name)
            if known or (isinstance(found, type) and issubclass(found, BaseEstimator)):
                return self.named.setdefault(id(found), found)
        raise pickle.UnpicklingError(
            f"{module_name[:100]}.{global_name[:100]} is not a name that it may refer to"
        )

    def persistent_load(self, reference: Any) -> Any:
        """Return the scorer or the universal function of a text."""
        found = referred(str(reference))
        if found is None:
            raise pickle.UnpicklingError(
                f"{str(reference)[:100]!r} is not a scorer or a universal function"
            )
        return self.named.setdefault(id(found), found)

    def load_build(self) -> None:
        """Set the state of the last object, unless a name represents it."""
        changed = self.stack[-2]  # type: ignore[attr-defined]
        if id(changed) in self.named:
            raise pickle.UnpicklingError(f"it changes {str(changed)[:100]}")
        super().load_build()  # type: ignore[misc]

    dispatch: ClassVar[dict[int, Callable[..., None]]] = {
        **pickle._Unpickler.dispatch,
        pickle.BUILD[0]: load_build,
    }
