"""Saves and loads scikit-learn estimators; a file with anything else is rejected."""

import io
import pickle
from pathlib import Path
from typing import Any

from pipeline_code.runtime.job_errors import DataError

# Names in the pickles of fitted estimators that are not estimators: arrays, and the parts of trees
# and losses. NumPy 1 and 2 differ in the name of one module.
_ARRAYS = ("_reconstruct", "scalar")
_GENERATORS = ("__bit_generator_ctor", "__generator_ctor", "__randomstate_ctor")
KNOWN = {
    "builtins": ("slice",),
    "numpy": ("dtype", "float64", "ndarray"),
    "numpy.core.multiarray": _ARRAYS,
    "numpy._core.multiarray": _ARRAYS,
    "numpy.random._pickle": _GENERATORS,
    "numpy.random._mt19937": ("MT19937",),
    "numpy.random._pcg64": ("PCG64",),
    "numpy.random.bit_generator": ("SeedSequence", "__pyx_unpickle_SeedSequence"),
    "sklearn._loss._loss": ("CyHalfBinomialLoss", "CyHalfPoissonLoss", "CyHalfSquaredError"),
    "sklearn._loss.link": ("IdentityLink", "Interval", "LogLink", "LogitLink"),
    "sklearn._loss.loss": ("HalfBinomialLoss", "HalfPoissonLoss", "HalfSquaredError"),
    "sklearn.ensemble._hist_gradient_boosting.predictor": ("TreePredictor",),
    "sklearn.model_selection._split": ("KFold", "StratifiedKFold"),
    "sklearn.tree._tree": ("Tree",),
}
# Errors while reading a file that `save_estimator` did not write.
_BROKEN = (
    *(pickle.UnpicklingError, AttributeError, EOFError, ImportError, LookupError, MemoryError),
    *(OverflowError, TypeError, ValueError),
)


def save_estimator(estimator: Any, path: Path) -> None:
    """Write a fitted estimator; raises DataError if `load_estimator` would reject it."""
    # Every Python version of the images supports this protocol.
    content = pickle.dumps(estimator, protocol=4)
    _read(content, source=path.name)
    path.write_bytes(content)


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
        estimator = _Unpickler(io.BytesIO(content)).load()
    except _BROKEN as err:
        raise DataError(f"{source} holds no scikit-learn estimator: {err}; train again") from err
    if not isinstance(estimator, BaseEstimator):
        kind = type(estimator).__name__
        raise DataError(f"{source} holds a {kind}, must be a scikit-learn estimator")
    return estimator


class _Unpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> Any:
        """Return the object of a name in `KNOWN`, or the class of a scikit-learn estimator."""
        from sklearn.base import BaseEstimator

        known = global_name in KNOWN.get(module_name, ())
        if known or (module_name.startswith("sklearn.") and global_name.isidentifier()):
            found = super().find_class(module_name, global_name)
            if known or (isinstance(found, type) and issubclass(found, BaseEstimator)):
                return found
        raise pickle.UnpicklingError(
            f"{module_name[:100]}.{global_name[:100]} is not a name that it may refer to"
        )
