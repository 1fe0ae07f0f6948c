"""Reads model.json, which training writes: the columns, settings and figures of a model."""

import json
from pathlib import Path
from typing import Any

from pipeline_code.runtime.job_errors import DataError

FACTS = "model.json"


def read_facts(folder: Path, *members: str) -> dict[str, Any]:
    """Return the facts in the folder of an unpacked model.tar.gz.

    Raises DataError if the file is missing or is not an object with these members: the model was
    trained by another tool, or by a release with other facts.
    """
    path = folder / FACTS
    if not path.is_file():
        raise DataError(f"the model has no {FACTS}: train again")
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{FACTS} of the model is not JSON ({error}): train again") from error
    missing = [name for name in members if not isinstance(facts, dict) or name not in facts]
    if missing:
        raise DataError(f"{FACTS} of the model lacks {', '.join(missing)}: train again")
    found: dict[str, Any] = facts
    return found
