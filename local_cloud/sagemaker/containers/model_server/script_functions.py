"""The functions of SAGEMAKER_PROGRAM, with the images' defaults for functions that it omits.

Source: serving.py of aws/sagemaker-scikit-learn-container and aws/sagemaker-xgboost-container. Not
supported: XGBoost's default input_fn for LIBSVM and RecordIO.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .encoders import CSV, JSON, UnsupportedFormat, decode, encode, xgboost_rows
from .user_module import PROGRAM, module_name

# input_fn, predict_fn and output_fn, or transform_fn instead of the three.
_STAGES = ("input_fn", "predict_fn", "output_fn")
_TRANSFORM = "transform_fn"


class InvalidScript(Exception):
    """The script has an invalid combination of functions."""


@dataclass(frozen=True)
class Functions:
    """The function that loads a model, and the function that responds to a request."""

    model_fn: Callable[[str], Any]
    transform_fn: Callable[[Any, Any, str, str], Any]


def load_functions(repository: str) -> Functions:
    """Import the user's code. Raises `InvalidScript`."""
    module = importlib.import_module(module_name())
    own = {name: getattr(module, name) for name in _STAGES if hasattr(module, name)}
    if not hasattr(module, "model_fn"):
        raise InvalidScript(f"{os.environ[PROGRAM]}: please provide a model_fn implementation")
    transform = getattr(module, _TRANSFORM, None)
    if transform and own:
        raise InvalidScript(
            f"Cannot use {_TRANSFORM} implementation with {', '.join(own)}: define one or the other"
        )
    return Functions(module.model_fn, transform or _staged({**_DEFAULTS[repository], **own}))


def _staged(stages: Mapping[str, Callable[..., Any]]) -> Callable[[Any, Any, str, str], Any]:
    def transform(model: Any, content: Any, content_type: str, accept: str) -> Any:
        data = stages["input_fn"](content, content_type)
        return stages["output_fn"](stages["predict_fn"](data, model), accept)

    return transform


def _scikit_learn_input(content: Any, content_type: str) -> Any:
    array = decode(content, content_type)
    return array.astype(np.float32) if content_type in (CSV, JSON) else array


def _xgboost_input(content: Any, content_type: str) -> Any:
    import xgboost

    if content_type.partition(";")[0].strip().lower() != CSV:
        raise UnsupportedFormat(content_type)
    text = content.decode() if isinstance(content, bytes) else content
    return xgboost.DMatrix(xgboost_rows(text))


def _output(prediction: Any, accept: str) -> tuple[str | bytes, str]:
    return encode(prediction, accept), accept


# Repository -> the image's functions.
_DEFAULTS: dict[str, dict[str, Callable[..., Any]]] = {
    "sagemaker-scikit-learn": {
        "input_fn": _scikit_learn_input,
        "predict_fn": lambda data, model: model.predict(data),
        "output_fn": _output,
    },
    "sagemaker-xgboost": {
        "input_fn": _xgboost_input,
        "predict_fn": lambda data, model: model.predict(data, validate_features=False),
        "output_fn": _output,
    },
}
