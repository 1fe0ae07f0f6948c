"""Loads the application of a model, then serves it until the process is killed."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from typing import Any

from .user_module import PROGRAM, CannotInstall, install
from .wsgi_server import Application, Server

SERVING_MODULE = "SAGEMAKER_SERVING_MODULE"
# The value of the third argument for a container with network isolation.
NO_NETWORK = "none"


def main() -> int:
    """Serve the model in /opt/ml/model."""
    repository, path, network = sys.argv[2:5]
    try:
        application = load(repository, has_network=network != NO_NETWORK)
    except CannotInstall as error:
        print(error, file=sys.stderr)
        return 1
    with Server(path, application) as server:
        server.serve_forever()
    return 0


def load(repository: str, *, has_network: bool) -> Application:
    """Return the application that `serve` starts. Raises `CannotInstall` and errors of its code."""
    if PROGRAM in os.environ:
        install(has_network=has_network)
    default_module, image_application = _IMAGES[repository]
    named = os.environ.get(SERVING_MODULE, default_module)
    return image_application(repository) if named == default_module else _named(named)


def _named(application: str) -> Application:
    """Import the application `module:attribute`, as gunicorn does."""
    module, _, attribute = application.partition(":")
    found: Application = getattr(importlib.import_module(module), attribute or "application")
    return found


def _script(repository: str) -> Application:
    from .script_mode import application

    return application(repository)


def _xgboost(repository: str) -> Application:
    if PROGRAM in os.environ:
        return _script(repository)
    from .algorithm import application

    return application()


# Repository -> the value of SAGEMAKER_SERVING_MODULE in the image, and the application for it.
_IMAGES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "sagemaker-scikit-learn": ("sagemaker_sklearn_container.serving:main", _script),
    "sagemaker-xgboost": ("sagemaker_xgboost_container.serving:main", _xgboost),
}
