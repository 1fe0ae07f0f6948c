"""One pipeline in one environment: its settings, its definition, and the source of its models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline_code.compiler import MODELS_OF, CompiledDefinition, Manifest, Place
from stacks.config import Environment, ExistingWarehouse, Pipeline, refuse
from stacks.pipeline.databases import check_databases
from stacks.platform import Platform

CLUSTER = "ClusterIdentifier"
GROUP = "ModelPackageGroupName"
LOADING = "LoadPredictionsFunctionArn"


@dataclass(frozen=True, kw_only=True)
class PipelineContext:
    """A pipeline as one environment runs it; `models_of` is the pipeline whose models it uses.

    `aws_name` is its name in AWS, `package_group` the name of the group of these models.
    `own_images` is name -> URI of images of the environment, for its jobs and these models.
    """

    settings: Pipeline
    definition: CompiledDefinition
    models_of: CompiledDefinition
    aws_name: str
    package_group: str
    own_images: Mapping[str, str]

    @property
    def name(self) -> str:
        """The pipeline's name: the name of its folder with hyphens for underscores."""
        return self.settings.name

    @property
    def manifest(self) -> Manifest:
        """The needs of the definition."""
        return self.definition.manifest

    @property
    def image_uris(self) -> dict[str, Mapping[str, str]]:
        """Name -> region -> URI of the images of its jobs and of the models that it uses."""
        return {**self.models_of.manifest.image_uris, **self.manifest.image_uris}

    def folders(self, places: Iterable[Place]) -> list[str]:
        """Return the prefixes of places of the lake; `*` is a part that is known only in a run."""
        return list(
            dict.fromkeys(
                f"{place.area}/{self._owner(place.pipeline)}/{place.path}" for place in places
            )
        )

    def _owner(self, pipeline: str) -> str:
        return self.models_of.name if pipeline == MODELS_OF else pipeline

    @property
    def model_folders(self) -> list[str]:
        """The prefixes of the models in the group; `*` is a part that is known only in a run."""
        return self.folders(self.models_of.manifest.models)

    @property
    def owns_registry(self) -> bool:
        """Whether the group belongs to this pipeline."""
        return self.settings.models_of is None and self.manifest.registers_models


def pipeline_context(platform: Platform, settings: Pipeline) -> PipelineContext:
    """Return the pipeline of `settings` on `platform`.

    Raises:
        ConfigurationError: the environment cannot run the pipeline with these settings.
    """
    definition = platform.definitions[settings.name]
    _check_emr(settings, definition.manifest)
    _check_dataset(platform.environment, settings, definition.manifest)
    _check_predictions(platform.environment, settings, definition.manifest)
    check_databases(platform.environment, settings.name, definition.manifest)
    source = _model_source(platform, settings, definition)
    return PipelineContext(
        settings=settings,
        definition=definition,
        models_of=source,
        aws_name=platform.name_of(settings.name),
        package_group=platform.name_of(source.name),
        own_images={
            name: uri
            for each in platform.environment.pipelines
            if each.name in (source.name, settings.name)
            for name, uri in each.images.items()
        },
    )


# Value of a definition with EMR steps -> the setting that it needs, its value and its form.
_OF_EMR = {
    "EmrClusterId": ("emr_cluster", "the ID of a running EMR cluster", "j-…"),
    "EmrApplicationId": ("emr_application", "the ID of an EMR Serverless application", "00f…"),
    "EmrServiceRole": (
        "emr_service_role",
        "the ARN of the service role of clusters",
        "arn:aws:iam::<account>:role/…",
    ),
    "EmrSubnetId": ("emr_subnet", "the subnet of clusters", "subnet-…"),
}


def _check_emr(settings: Pipeline, manifest: Manifest) -> None:
    """EMR steps need a cluster, an application, or what a new cluster consists of."""
    for value, (name, allowed, form) in _OF_EMR.items():
        if value in manifest.environment and not getattr(settings, name):
            raise refuse(
                f"{settings.name}.{name}",
                getattr(settings, name),
                allowed=f"{allowed}, because the definition has EMR steps",
                remedy=f"set it to {form}",
            )


def _check_dataset(environment: Environment, settings: Pipeline, manifest: Manifest) -> None:
    """SageMaker's Redshift dataset requires the name of a provisioned cluster."""
    if CLUSTER in manifest.environment and environment.warehouse.kind == "serverless":
        raise refuse(
            f"{settings.name}.options",
            dict(settings.options),
            allowed="an extraction by UNLOAD where the warehouse is serverless, as SageMaker's "
            "RedshiftDatasetDefinition takes a ClusterIdentifier and no workgroup",
            remedy='set options={"extraction": "unload"}, or use p.extract(…) for redshift(…) in '
            "the pipeline's definition",
        )


def _check_predictions(environment: Environment, settings: Pipeline, manifest: Manifest) -> None:
    """Predictions are loaded into a table that a migration creates."""
    warehouse = environment.warehouse
    if (
        LOADING in manifest.functions
        and isinstance(warehouse, ExistingWarehouse)
        and not warehouse.schema
    ):
        raise refuse(
            "pipelines",
            settings.name,
            allowed="pipelines that load no predictions into the warehouse "
            f"{warehouse.name}, as a migration creates their table, and migrations run in an "
            "existing warehouse only with warehouse.schema",
            remedy="set warehouse.schema and let a migration create the table in it, or remove the "
            "pipeline from the environment",
        )


def _model_source(
    platform: Platform, settings: Pipeline, definition: CompiledDefinition
) -> CompiledDefinition:
    """Return the definition that registers the models: `definition` or that of `models_of`."""
    name = settings.models_of
    if name is None and (definition.manifest.registers_models or not _uses_models(definition)):
        return definition
    source = platform.definitions[name] if name else None
    if source is None or not source.manifest.registers_models:
        raise refuse(
            f"{settings.name}.models_of",
            name,
            allowed="the name of a pipeline that registers models",
            remedy="say whose models this pipeline uses",
        )
    return source


def _uses_models(definition: CompiledDefinition) -> bool:
    return GROUP in definition.manifest.environment
