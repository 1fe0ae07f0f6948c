"""What the analyses of processing jobs have in common: their end, their baselines and reports."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable, Sized
from pathlib import Path
from typing import Any

from .analysis_error import UserError

MAX_MESSAGE_CHARACTERS = 1000
COMPLETED = "Completed: Job completed successfully with no violations."


def run_analysis(analyse: Callable[[Path], str]) -> int:
    """Run an analysis, which returns the job's message. Return the exit code of the container."""
    opt_ml = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    try:
        message, code = analyse(opt_ml), 0
    # Top level of the container: the user must see every error.
    except Exception as error:
        traceback.print_exc()
        own = isinstance(error, UserError)
        message, code = str(error) if own else f"{type(error).__name__}: {error}", 1
    print(message)
    (opt_ml / "output").mkdir(parents=True, exist_ok=True)
    (opt_ml / "output" / "message").write_text(message[:MAX_MESSAGE_CHARACTERS])
    return code


def message_of(violations: Sized) -> str:
    """Return the message of a job that has compared with a baseline."""
    if not violations:
        return COMPLETED
    return f"CompletedWithViolations: Job completed successfully with {len(violations)} violations."


def read_baseline(path: Path) -> Any:
    """Return a file of a baseline. Raises `UserError` if it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"the baseline {path} cannot be read: {error}") from error


def write_report(path: Path, document: Any) -> None:
    """Write a report as JSON."""
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
