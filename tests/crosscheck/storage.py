"""Derives the S3 locations that the roles of a definition use (standard library only)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local_cloud.definition_rules.document import (
    Step,
    expressions_of,
    objects_at,
    own_document,
    references_of,
    steps_of,
)
from tests.crosscheck.step_actions import GROUP

_LAKE = {"Get": "Environment.LakeBucket"}
_CODE = {"Get": "Environment.CodeBucket"}
_STEP = re.compile(r"Steps\.([^.\[]+)\.(.*)")
_OUTPUT = re.compile(r"ProcessingOutputConfig\.Outputs\['([^']+)'\]")
_DATASET = "RedshiftDatasetDefinition"
_UNLOADED_BY_JOB = "AthenaDatasetDefinition"
_PROPERTY_FILE = re.compile(r"Steps\.([^.]+)\.PropertyFiles\.(.+)")
# Stand-ins for locations that are known only in a run.
CODE = "code"  # the archive of the pipeline, which is not in the lake
INPUT = "incoming"  # incoming files, selected by a parameter
UNLOADED = "unload"  # files that the warehouse unloaded for the run
MODELS = "models"  # a registered model of the pipeline whose models are used


@dataclass(frozen=True)
class Reach:
    """The locations that one role reads and writes, and the images of its jobs.

    Locations that are read are prefixes of the lake that end in a slash ("runs/tickit/"), or CODE,
    INPUT, UNLOADED and MODELS. Locations that are written have `*` for the parts that are known in
    a run only. Images are names of parameters.
    """

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


def reaches(
    steps: Sequence[Step], acting: Mapping[str, Sequence[str]], execution: str
) -> dict[str, Reach]:
    """Role -> its reach. `acting` has the roles of each step; `execution` is the execution role."""
    places = _Places({step.name: step for step in steps})
    roles = {role for roles in acting.values() for role in roles}
    found = {
        role: _reach(places, [step for step in steps if role in acting[step.name]])
        for role in roles
    }
    evaluated = {place for step in steps for place in places.evaluated(step)}
    return {**found, execution: Reach(reads=tuple(sorted(evaluated)))}


def registered_images(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The parameters with the images of the models that a definition registers."""
    found = {
        _parameter(container.get("Image"))
        for step in steps_of(dict(body))
        if step.type == "RegisterModel"
        for container in objects_at(step.arguments, "InferenceSpecification", "Containers")
    }
    return tuple(sorted(name for name in found if name is not None))


def _reach(places: "_Places", steps: Sequence[Step]) -> Reach:
    return Reach(
        reads=tuple(sorted({place for step in steps for place in places.read(step)})),
        writes=tuple(sorted({place for step in steps for place in places.written(step)})),
        images=tuple(sorted({image for step in steps for image in _images(step)})),
    )


class _Places:
    """The locations of the URIs of a definition."""

    def __init__(self, steps: Mapping[str, Step]) -> None:
        self._steps = steps

    def read(self, step: Step) -> set[str]:
        """The locations of a step's inputs and model."""
        return {place for uri in _inputs(step) for place in self._of(uri)} | _registered(step)

    def written(self, step: Step) -> set[str]:
        """The patterns of the keys of a step's outputs: "runs/tickit/*/Preprocess/train/"."""
        uris = [*_outputs(step).values(), *_read_and_written(step)]
        return {place for uri in uris for place in _pattern(uri)}

    def evaluated(self, step: Step) -> set[str]:
        """The locations of the files that SageMaker reads for conditions and registration."""
        files = [
            self._property_file(expression["Std:JsonGet"])
            for _, expression in expressions_of(own_document(step))
            if "Std:JsonGet" in expression
        ]
        registered = _uris(step.arguments) if step.type == "RegisterModel" else []
        return {place for uri in [*files, *registered] for place in self._of(uri)}

    def _property_file(self, look_up: Mapping[str, Any]) -> Any:
        found = _PROPERTY_FILE.fullmatch(str(look_up.get("PropertyFile", {}).get("Get")))
        step = self._steps.get(found.group(1)) if found else None
        files = [] if step is None else step.document.get("PropertyFiles", [])
        names = {file.get("PropertyFileName"): file.get("OutputName") for file in files}
        return None if step is None or found is None else _outputs(step).get(names[found.group(2)])

    def _of(self, uri: Any) -> Iterator[str]:
        match uri:
            case {"Std:Join": {"Values": ["s3:/", bucket, *words]}} if bucket == _LAKE:
                yield _prefix(words)
            case {"Std:Join": {"Values": ["s3:/", bucket, *_]}} if bucket == _CODE:
                yield CODE
            case {"Std:Join": {"Values": list(words)}} if _LAKE in words:
                yield INPUT
            case {"Std:Join": {"Values": [first, *_]}}:
                yield from self._of(first)
            case {"Get": str(name)} if found := _STEP.match(name):
                yield from self._of_property(*found.groups())

    def _of_property(self, name: str, path: str) -> Iterator[str]:
        step = self._steps[name]
        if step.type in ("Lambda", "Callback"):
            yield UNLOADED
            yield from self._of(step.arguments.get("kept_uri"))
            return
        output = _OUTPUT.match(path)
        outputs = _outputs(step)
        chosen = [outputs.get(output.group(1))] if output else list(outputs.values())
        for uri in chosen:
            yield from self._of(uri)


def _pattern(uri: Any) -> Iterator[str]:
    match uri:
        case {"Std:Join": {"Values": ["s3:/", bucket, *words]}} if bucket == _LAKE:
            yield "/".join([*(word if isinstance(word, str) else "*" for word in words), ""])


def _prefix(words: Sequence[Any]) -> str:
    """The first two path elements (area and pipeline), or INPUT if a parameter is part of them."""
    fixed = [word for word in words[:2] if isinstance(word, str)]
    return "/".join([*fixed, ""]) if len(fixed) == 2 else INPUT


def _inputs(step: Step) -> list[Any]:
    arguments = step.arguments
    inputs = objects_at(arguments, "ProcessingInputs")
    channels = objects_at(_training(step), "InputDataConfig")
    container = arguments.get("PrimaryContainer") or {}
    return [
        *(_member(item, "S3Input", "S3Uri") for item in inputs),
        *(_member(item, "DatasetDefinition", _DATASET, "OutputS3Uri") for item in inputs),
        *_read_and_written(step),
        *(_member(item, "DataSource", "S3DataSource", "S3Uri") for item in channels),
        _member(arguments, "TransformInput", "DataSource", "S3DataSource", "S3Uri"),
        container.get("ModelDataUrl"),
    ]


def _read_and_written(step: Step) -> list[Any]:
    """The URIs of the rows that Athena writes with the role of the job, and of checkpoints."""
    inputs = objects_at(step.arguments, "ProcessingInputs")
    return [
        *(_member(item, "DatasetDefinition", _UNLOADED_BY_JOB, "OutputS3Uri") for item in inputs),
        _member(step.arguments, "CheckpointConfig", "S3Uri"),
    ]


def _registered(step: Step) -> set[str]:
    """MODELS if a step reads files of registered models, by package or by group name."""
    container = step.arguments.get("PrimaryContainer") or {}
    variables = {name for _, name in references_of(step.arguments.get("Environment"))}
    return {MODELS} if "ModelPackageName" in container or GROUP in variables else set()


def _outputs(step: Step) -> dict[str, Any]:
    """Name -> URI; a training or transform job has one output, without a name."""
    several = objects_at(step.arguments, "ProcessingOutputConfig", "Outputs")
    named = {item["OutputName"]: _member(item, "S3Output", "S3Uri") for item in several}
    training = _member(_training(step), "OutputDataConfig", "S3OutputPath")
    transform = _member(step.arguments, "TransformOutput", "S3OutputPath")
    only = training or transform
    return named if only is None else {**named, "": only}


def _training(step: Step) -> Any:
    """The request of a training job, or the definition of those of a tuning job."""
    return step.arguments.get("TrainingJobDefinition") or step.arguments


def _images(step: Step) -> Iterator[str]:
    container = step.arguments.get("PrimaryContainer") or {}
    for image in (
        _member(step.arguments, "AppSpecification", "ImageUri"),
        _member(_training(step), "AlgorithmSpecification", "TrainingImage"),
        container.get("Image"),
    ):
        if (parameter := _parameter(image)) is not None:
            yield parameter
    if "ModelPackageName" in container:
        yield MODELS


def _parameter(value: Any) -> str | None:
    """The name in {"Get": "Environment.<name>"}."""
    name = value.get("Get") if isinstance(value, dict) else None
    found = isinstance(name, str) and name.startswith("Environment.")
    return str(name).removeprefix("Environment.") if found else None


def _uris(value: Any) -> list[Any]:
    """Every S3Uri and ModelDataUrl in a request."""
    if isinstance(value, list):
        return [uri for item in value for uri in _uris(item)]
    if not isinstance(value, dict):
        return []
    own = [value[name] for name in ("S3Uri", "ModelDataUrl") if name in value]
    return own + [uri for item in value.values() for uri in _uris(item)]


def _member(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
