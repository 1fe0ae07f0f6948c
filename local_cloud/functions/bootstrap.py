"""The program of a function's process: loads the handler, calls it once, writes the response.

Run as `python -I bootstrap.py PARENT_PID TASK_ROOT ANSWER_FILE` with the event on stdin. It imports
only the standard library, because the function's modules are not importable yet.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

# The modules of Lambda's Python runtime that are not in the standard library.
RUNTIME_PACKAGES = frozenset(
    {"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}
)
_PARENT_POLL_SECONDS = 0.2


class RuntimeImportFinder(importlib.abc.MetaPathFinder):
    """Hides modules that are installed on this machine but not in Lambda's runtime."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return None, so that the other finders load the module.

        Raises ModuleNotFoundError for a module in site-packages that is not in Lambda's runtime.
        """
        if path is not None or name in RUNTIME_PACKAGES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name)
        if spec is not None and "site-packages" in (spec.origin or ""):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


class LambdaContext:
    """The second argument of a handler.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        environment = os.environ
        self.function_name = environment["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = environment["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = environment["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = environment["AWS_LAMBDA_LOG_STREAM_NAME"]
        # Lambda passes these values with the event. Here they are environment variables.
        self.invoked_function_arn = environment.pop("_LAPTOP_FUNCTION_ARN")
        self.aws_request_id = environment.pop("_LAPTOP_REQUEST_ID")
        self.identity = None
        self.client_context = None

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the time-out."""
        return max(0, int((self._deadline - time.time()) * 1000))


def main(parent: int, task_root: str, answer_file: str) -> int:
    """Handle the event on stdin. Return 0, or 1 if the response is an error."""
    _exit_with_parent(parent)
    sys.path.insert(0, task_root)
    sys.meta_path.insert(0, RuntimeImportFinder())
    context = LambdaContext(deadline=float(os.environ.pop("_LAPTOP_DEADLINE")))
    event = json.load(sys.stdin)
    answer, failed = _handle(event, context)
    Path(answer_file).write_text(answer)
    sys.stdout.flush()
    return 1 if failed else 0


def _handle(event: Any, context: LambdaContext) -> tuple[str, bool]:
    try:
        handler = _handler(os.environ["_HANDLER"])
    except ImportError as error:
        module = os.environ["_HANDLER"].rpartition(".")[0]
        text = f"Unable to import module '{module}': {error}"
        return _failure("Runtime.ImportModuleError", text, context), True
    except AttributeError as error:
        return _failure("Runtime.HandlerNotFound", str(error), context), True
    except BaseException as error:  # a module may call sys.exit during its import
        return _raised(error, context), True
    return _call(handler, event, context)


def _call(handler: Callable[..., Any], event: Any, context: LambdaContext) -> tuple[str, bool]:
    try:
        result = handler(event, context)
    except BaseException as error:  # any error of the handler becomes the response
        return _raised(error, context), True
    try:
        return json.dumps(result), False
    except (TypeError, ValueError) as error:
        text = f"Unable to marshal response: {error}"
        return _failure("Runtime.MarshalError", text, context), True


def _handler(setting: str) -> Callable[..., Any]:
    module_name, _, name = setting.rpartition(".")
    module = importlib.import_module(module_name.replace("/", "."))
    if not hasattr(module, name):
        raise AttributeError(f"Handler '{name}' missing on module '{module_name}'")
    handler: Callable[..., Any] = getattr(module, name)
    return handler


def _raised(error: BaseException, context: LambdaContext) -> str:
    """Return the response for an exception, and print it to the log as Lambda does."""
    # Omit the frames of this file.
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
    stack = traceback.format_list(frames)
    print(f"[ERROR] {type(error).__name__}: {error}\nTraceback (most recent call last):")
    print("".join(stack), end="")
    return _failure(type(error).__name__, str(error), context, stackTrace=stack)


def _failure(kind: str, text: str, context: LambdaContext, **more: Any) -> str:
    if not more:
        print(f"[ERROR] {kind}: {text}")
    document = {"errorMessage": text, "errorType": kind, "requestId": context.aws_request_id}
    return json.dumps({**document, **more})


def _exit_with_parent(parent: int) -> None:
    """End this process soon after its parent process has ended for any reason.

    The id of the parent is an argument, because the parent may end before this process can read it.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_PARENT_POLL_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), *sys.argv[2:4]))
