"""Give a pipeline's compiled definition, compiling it in a child process when it is stale."""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline_code.definition.errors import CompileError, LintError
from pipeline_code.pipelines import folder_name, folder_of, names

REPOSITORY = Path(__file__).resolve().parents[2]
FINDINGS_STATUS = 3  # how the child says that it compiled, but the linter rejects the result


@dataclass(frozen=True)
class CompiledDefinition:
    """A definition as data.

    `body` is the definition's JSON, whose environment parameters carry no DefaultValue.
    `image_uris` maps a parameter name ("SklearnImageUri") to region -> URI.
    """

    name: str
    body: dict[str, Any]
    image_uris: dict[str, dict[str, str]]


def compiled(
    name: str,
    *,
    options: Mapping[str, str] | None = None,
    build_folder: Path = REPOSITORY / ".build" / "definitions",
) -> CompiledDefinition:
    """Give the definition of `pipeline_code/<name>/pipeline.py`, compiled and linted.

    `options` are the keyword arguments of its `pipeline(…)`, which choose its structure. The SDK
    takes seconds to import, so it is imported in a child process only, and the result is kept in
    `build_folder` under the hash of everything that it was made from.

    Raises:
        CompileError: there is no such pipeline, it has no such option or value of it, or its
            definition raised (its error is shown).
        LintError: the definition breaks rules; the message lists every finding.
    """
    chosen = [f"{option}={value}" for option, value in sorted((options or {}).items())]
    kept = build_folder / f"{name}-{_fingerprint(pipeline_folder(name), chosen)}.json"
    return _kept(kept, name) or _compile(kept, name, chosen)


def pipeline_folder(name: str) -> Path:
    """The folder of a pipeline; raises CompileError when there is no such pipeline."""
    if name not in names():
        raise CompileError(
            f"there is no pipeline named {name!r}: known are {', '.join(names())}; "
            f"a pipeline is a folder pipeline_code/<name> with a pipeline.py"
        )
    return folder_of(name)


def _fingerprint(folder: Path, options: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for option in options:
        digest.update(f"{option}\n".encode())
    for package in ("sagemaker", "sagemaker-core", "sagemaker-mlops", "botocore"):
        digest.update(f"{package} {version(package)}\n".encode())
    for path in _sources(folder):
        digest.update(f"{path.relative_to(REPOSITORY)}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources(folder: Path) -> Iterable[Path]:
    yield folder / "pipeline.py"
    yield from sorted(folder.rglob("*.sql"))
    yield from sorted(Path(__file__).parent.rglob("*.py"))


def _kept(path: Path, name: str) -> CompiledDefinition | None:
    """What `path` holds, or None when it is absent or was damaged and must be made again."""
    try:
        document = json.loads(path.read_text())
        return CompiledDefinition(name, document["body"], document["image_uris"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _compile(path: Path, name: str, options: Iterable[str]) -> CompiledDefinition:
    text = _run_compiler(name, options)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
        file.write(text)
    Path(file.name).replace(path)  # never half a file, even with two syntheses at once
    document = json.loads(text)
    return CompiledDefinition(name, document["body"], document["image_uris"])


def _run_compiler(name: str, options: Iterable[str]) -> str:
    chosen = [word for option in options for word in ("--option", option)]
    child = subprocess.run(
        [sys.executable, "-m", "pipeline_code.definition", "compile", name, *chosen],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    if child.returncode == FINDINGS_STATUS:
        raise LintError(child.stdout.strip())
    if child.returncode:
        raise CompileError(
            f"the definition of {name!r} (pipeline_code/{folder_name(name)}/pipeline.py) does not "
            f"compile:\n{child.stderr.strip()}"
        )
    return child.stdout
