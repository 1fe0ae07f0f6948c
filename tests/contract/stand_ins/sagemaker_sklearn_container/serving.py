"""The WSGI application of the scikit-learn image for one model.

Source: src/sagemaker_sklearn_container/serving.py: `main` imports the user's module at the first
request, and lets the toolkit install it if Python does not find it.
"""

import importlib

from sagemaker_containers.beta.framework import env, modules
from user_module import worker_of

_app = None


def main(environ, start_response):
    """Handle a request with the functions of SAGEMAKER_PROGRAM."""
    global _app
    if _app is None:
        serving = env.ServingEnv()
        try:
            module = importlib.import_module(serving.module_name)
        except ImportError:
            module = modules.import_module(serving.module_dir, serving.module_name)
        _app = worker_of(module, execution_parameters=True)
    return _app(environ, start_response)
