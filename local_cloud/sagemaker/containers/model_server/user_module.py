"""The user's inference code: SAGEMAKER_PROGRAM in SAGEMAKER_SUBMIT_DIRECTORY."""

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
    """The functions that the framework containers require."""

    model_fn: Callable[..., Any]
    input_fn: Callable[..., Any]
    predict_fn: Callable[..., Any]
    output_fn: Callable[..., Any]


def model_folder() -> str:
    """Return the folder of the unpacked model.tar.gz."""
    return str(Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")) / "model")


def load_functions() -> Functions:
    """Import the user's code; raises AttributeError that names missing functions.

    The images have defaults for some functions; here all four are required.
    """
    name = os.environ[PROGRAM].removesuffix(".py")
    sys.path.insert(0, os.environ[DIRECTORY])
    module = importlib.import_module(name)
    names = [field.name for field in fields(Functions)]
    missing = [name for name in names if not hasattr(module, name)]
    if missing:
        raise AttributeError(
            f"{os.environ[PROGRAM]} has no {', '.join(missing)}: the laptop cloud has no defaults "
            f"for them; define {', '.join(names)}"
        )
    return Functions(**{name: getattr(module, name) for name in names})
