"""The pipeline whose models another one uses."""

from __future__ import annotations

from pipeline_code.definition import CompiledDefinition, compiled
from stacks.config import Environment, Pipeline, refuse

GROUP = "ModelPackageGroupName"
LATEST_MODEL = "LatestModelFunctionArn"


def model_source(
    environment: Environment, settings: Pipeline, definition: CompiledDefinition
) -> CompiledDefinition:
    """The definition of the pipeline that registers the models: `definition` itself, or another.

    Raises:
        ConfigurationError: `settings` name none although one is needed, or one without models.
    """
    name = settings.models_of
    if name is None and LATEST_MODEL not in _declared(definition):
        return definition
    sources = {each.name: each for each in environment.pipelines}
    source = compiled(name, options=sources[name].options) if name else None
    if source is None or GROUP not in _declared(source):
        raise refuse(
            f"{settings.name}.models_of",
            name,
            allowed="the name of a pipeline that registers models",
            remedy="say whose models this pipeline uses",
        )
    return source


def _declared(definition: CompiledDefinition) -> set[str]:
    return {parameter["Name"] for parameter in definition.body["Parameters"]}
