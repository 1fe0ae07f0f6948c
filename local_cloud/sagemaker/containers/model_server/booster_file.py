"""Reads the file of a booster that a training job wrote: XGBoost's own formats, or a pickle.

The images before 1.3 write pickles, and all images read them (algorithm_mode/serve_utils.py of
https://github.com/aws/sagemaker-xgboost-container). A pickle can call any function by its name, so
only the two names of a booster are accepted here.
"""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import xgboost

_NAMES = {
    ("xgboost.core", "Booster"): xgboost.Booster,
    ("builtins", "bytearray"): bytearray,
}
# The first byte of a pickle of protocol 2 or later. No format of XGBoost begins with it.
_PROTOCOL = b"\x80"


def read_booster(path: Path) -> Any:
    """Return the booster. Raises pickle.UnpicklingError for a pickle of anything else."""
    content = path.read_bytes()
    if not content.startswith(_PROTOCOL):
        booster = xgboost.Booster()
        booster.load_model(bytearray(content))
        return booster
    booster = _Unpickler(io.BytesIO(content)).load()
    if not isinstance(booster, xgboost.Booster):
        raise pickle.UnpicklingError(f"{path.name} has a {type(booster).__name__}, not a Booster")
    return booster


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _NAMES:
            raise pickle.UnpicklingError(f"a pickled booster cannot have {module}.{name}")
        return _NAMES[module, name]
