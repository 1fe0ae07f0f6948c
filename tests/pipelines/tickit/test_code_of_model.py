"""The code in the model archive is the hosting module with everything that it imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pipeline_code.runtime.model_code import write_code
from pipeline_code.tickit import inference


def test_the_code_is_what_hosting_imports_and_no_more(tmp_path):
    write_code(tmp_path, inference)
    folder = tmp_path / "code"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")}
    assert {
        "inference.py",
        "pipeline_code/__init__.py",
        "pipeline_code/tickit/features.py",
    } <= files
    assert "pipeline_code/runtime/model_application.py" in files
    assert not {Path(name).stem for name in files} & {"preprocess", "train", "evaluate", "champion"}


def test_the_code_runs_alone(tmp_path):
    """Without a model the application is not made, but all that it imports was found."""
    write_code(tmp_path, inference)
    program = "import inference"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={"PYTHONPATH": str(tmp_path / "code"), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "DataError: the model has no model.json" in done.stderr
