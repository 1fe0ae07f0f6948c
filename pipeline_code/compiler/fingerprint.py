"""Hashes of the sources of a cached definition."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline_code.source_files import source_files

COMPILER = Path(__file__).parent
REPOSITORY = COMPILER.parents[1]
_RULES = REPOSITORY / "local_cloud" / "definition_rules"
# What a definition says about the packages and the feature groups of its jobs depends on these.
_DECLARATIONS = ("requirements.txt", "Dockerfile", "feature_groups.json")
_SDK = ("sagemaker", "sagemaker-core", "sagemaker-mlops", "botocore")


def of_definition(folder: Path, options: Mapping[str, str]) -> str:
    """Return the hash of a pipeline's sources without its SQL files, which are inserted later."""
    sources = [
        folder / "pipeline.py",
        *(path for name in _DECLARATIONS for path in source_files(folder, name)),
        *source_files(COMPILER, "*.py"),
        _RULES / "document.py",
        *source_files(COMPILER.with_name("workflow"), "**/*.py"),
    ]
    return _digest([json.dumps(sorted(options.items()))], _SDK, sources)


def of_linting(body: dict[str, Any]) -> str:
    """Return the hash of a definition and of the lint rules."""
    sources = [*source_files(COMPILER, "**/*.py"), *source_files(_RULES, "**/*.py")]
    return _digest([json.dumps(body)], ["botocore"], sources)


def _digest(texts: Iterable[str], packages: Iterable[str], sources: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for text in (*texts, *(f"{package} {version(package)}" for package in packages)):
        digest.update(f"{text}\n".encode())
    for path in sorted(sources):
        digest.update(f"{path.relative_to(REPOSITORY)}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
