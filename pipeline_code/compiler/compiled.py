"""Returns compiled definitions of pipelines. One child process compiles the stale definitions."""

import fcntl
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline_code.compiler.errors import CompileError, LintError
from pipeline_code.compiler.files import with_files
from pipeline_code.compiler.fingerprint import REPOSITORY, of_definition, of_linting
from pipeline_code.compiler.manifest import Manifest
from pipeline_code.compiler.step_scripts import check_scripts
from pipeline_code.pipelines import FOLDER, folder_of, names

BUILD_FOLDER = REPOSITORY / ".build" / "definitions"


@dataclass(frozen=True)
class Request:
    """The definition of a pipeline of the folder `root`.

    `options` are the keyword arguments of its `pipeline(…)`.
    """

    name: str
    options: Mapping[str, str] = field(default_factory=dict)
    root: Path = FOLDER

    @property
    def folder(self) -> Path:
        """The folder of the pipeline. Raises CompileError if the pipeline does not exist."""
        return pipeline_folder(self.name, self.root)


@dataclass(frozen=True)
class CompiledDefinition:
    """A definition as data.

    `body` is the definition's JSON, in which `{"Get": "Environment.<Name>"}` is the placeholder of
    an environment value (see `deployed`). `manifest` lists what the definition needs.
    """

    name: str
    body: dict[str, Any]
    manifest: Manifest


def compiled(
    name: str,
    *,
    options: Mapping[str, str] | None = None,
    root: Path = FOLDER,
    build_folder: Path = BUILD_FOLDER,
) -> CompiledDefinition:
    """Return the definition of `<root>/<name>/pipeline.py`, compiled and linted.

    See `compiled_all`.
    """
    (found,) = compiled_all([Request(name, options or {}, root)], build_folder=build_folder)
    return found


def compiled_all(
    requests: Iterable[Request], *, build_folder: Path = BUILD_FOLDER, check: bool = True
) -> list[CompiledDefinition]:
    """Return several definitions, compiled and, with `check`, linted.

    The import of the SDK takes seconds, so one child process compiles all stale definitions.
    Results are cached in `build_folder` under the hash of their sources. The text of queries is
    inserted afterwards, so after a change of a query the definition is only linted again.

    Raises:
        CompileError: a pipeline or its option does not exist, an option does not allow the value,
        or a definition raised an error (the message contains it).
        LintError: a definition violates rules; the message lists every finding.
        ScriptError: a step script has a syntax error, or imports what its image lacks.
    """
    paths = [(_kept_path(request, build_folder), request) for request in requests]
    if _stale(paths):
        with _lock(build_folder):  # another process may have compiled them in the meantime
            _compile(_stale(paths))
    found = [_read(path, request) for path, request in paths]
    if check:
        for definition, (_, request) in zip(found, paths, strict=True):
            check_definition(definition, build_folder)
            check_scripts(request.folder, definition.manifest.images)
    return found


def pipeline_folder(name: str, root: Path = FOLDER) -> Path:
    """Return the folder of a pipeline. Raises CompileError if `root` has no such pipeline."""
    if name not in names(root):
        raise CompileError(
            f"there is no pipeline named {name!r}: known are {', '.join(names(root))}; "
            f"a pipeline is a folder {root.name}/<name> with a pipeline.py"
        )
    return folder_of(name, root)


def _kept_path(request: Request, build_folder: Path) -> Path:
    digest = of_definition(request.folder, request.options)
    return build_folder / f"{request.name}-{digest}.json"


def _stale(paths: Iterable[tuple[Path, Request]]) -> dict[Path, Request]:
    """Return cache file -> request, for each definition that is not cached."""
    return {path: request for path, request in paths if _kept(path, request) is None}


def _kept(path: Path, request: Request) -> CompiledDefinition | None:
    """Return the cached definition in `path`, or None if the file is missing or damaged."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest.from_document(document["manifest"])
        return CompiledDefinition(request.name, document["body"], manifest)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _read(path: Path, request: Request) -> CompiledDefinition:
    """Read the definition in `path`, with the texts of its files."""
    kept = _kept(path, request)
    if kept is None:
        raise CompileError(
            f"{path} cannot be read although it has just been compiled: it was removed, or the "
            "compiler was edited in the meantime; run the command again"
        )
    return replace(kept, body=with_files(kept.body, request.folder))


@contextmanager
def _lock(build_folder: Path) -> Iterator[None]:
    """Hold a lock, so that only one process at a time compiles into `build_folder`."""
    build_folder.mkdir(parents=True, exist_ok=True)
    with (build_folder / ".lock").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _compile(stale: Mapping[Path, Request]) -> None:
    """Compile the requests and cache the results. Raises CompileError with every failure."""
    errors = []
    answers = _answers(list(stale.values())) if stale else []
    for (path, request), answer in zip(stale.items(), answers, strict=True):
        if "error" in answer:
            errors.append(_does_not_compile(request, answer["error"]))
        else:
            _keep(path, json.dumps(answer))
    if errors:
        raise CompileError("\n\n".join(errors))


def _answers(requests: Sequence[Request]) -> list[dict[str, Any]]:
    child = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "pipeline_code.compiler.child"],
        input=json.dumps([asdict(request) for request in requests], default=str),
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
    )
    if child.returncode:  # the compiler process failed, not one definition
        raise CompileError(_does_not_compile(requests[0], child.stderr))
    answers: list[dict[str, Any]] = json.loads(child.stdout)
    return answers


def _does_not_compile(request: Request, error: str) -> str:
    return (
        f"the definition of {request.name!r} ({request.root.name}/{request.folder.name}/"
        f"pipeline.py) does not compile:\n{error.strip()}"
    )


def _keep(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as file:
        file.write(text)
    Path(file.name).replace(path)  # atomic, for processes that read without the lock


def check_definition(definition: CompiledDefinition, build_folder: Path = BUILD_FOLDER) -> None:
    """Lint a definition, unless the same rules have already accepted it.

    Raises LintError, which lists every finding.
    """
    accepted = build_folder / f"{definition.name}-{of_linting(definition.body)}.linted"
    if accepted.exists():
        return
    from pipeline_code.compiler.lint import lint, report  # needs botocore

    findings = lint(definition.body)
    if findings:
        raise LintError(report(definition.name, findings))
    accepted.touch()
