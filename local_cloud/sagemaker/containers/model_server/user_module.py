"""The hosting code that came with the model: SAGEMAKER_PROGRAM in SAGEMAKER_SUBMIT_DIRECTORY."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

PROGRAM = "SAGEMAKER_PROGRAM"
DIRECTORY = "SAGEMAKER_SUBMIT_DIRECTORY"


@dataclass(frozen=True)
class Functions:
    """The functions of the framework containers' contract."""

    model_fn: Callable[..., Any]
    input_fn: Callable[..., Any]
    predict_fn: Callable[..., Any]
    output_fn: Callable[..., Any]


def model_folder() -> str:
    """The unpacked model.tar.gz."""
    return str(Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")) / "model")


def load_functions() -> Functions:
    """Import the hosting code; raises AttributeError naming the functions that it lacks.

    The images have defaults for some of them; here all four must be there.
    """
    name = os.environ[PROGRAM].removesuffix(".py")
    sys.path.insert(0, os.environ[DIRECTORY])
    module = importlib.import_module(name)
    names = [field.name for field in fields(Functions)]
    missing = [name for name in names if not hasattr(module, name)]
    if missing:
        raise AttributeError(
            f"{os.environ[PROGRAM]} has no {', '.join(missing)}: the laptop cloud has none of the "
            f"images' defaults; define {', '.join(names)}"
        )
    return Functions(**{name: getattr(module, name) for name in names})
