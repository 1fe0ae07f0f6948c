"""The WSGI application of the XGBoost image for one model in script mode.

Source: src/sagemaker_xgboost_container/serving.py: `main` imports the user's module at the first
request. Without SAGEMAKER_PROGRAM the image serves its built-in algorithm (not included here).
"""

import importlib

from sagemaker_containers.beta.framework import env
from user_module import worker_of

_app = None


def main(environ, start_response):
    """Handle a request with the functions of SAGEMAKER_PROGRAM."""
    global _app
    if _app is None:
        _app = worker_of(importlib.import_module(env.ServingEnv().module_name))
    return _app(environ, start_response)
