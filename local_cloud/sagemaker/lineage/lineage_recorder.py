"""Records the lineage of jobs, model packages and endpoints.

The entities are those of https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-auto-creation.html;
docs/aws-truth.md lists what that page leaves open, such as the direction of associations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.sagemaker.jobs.job import Job
from local_cloud.sagemaker.lineage.entities import Entity, Kind
from local_cloud.sagemaker.lineage.lineage_store import LineageStore

Description = Mapping[str, Any]
# Artifacts as pairs of their URI and their type.
Artifacts = Iterator[tuple[str, str]]
_DATA, _IMAGE, _MODEL, _CHECKPOINT = "DataSet", "Image", "Model", "Checkpoint"
_CONTRIBUTED, _PRODUCED, _ASSOCIATED = "ContributedTo", "Produced", "AssociatedWith"


@dataclass(frozen=True)
class LineageRecorder:
    """Adds entities to a store. `containers_of(name)` returns the containers of a model."""

    store: LineageStore
    containers_of: Callable[[str], Iterable[Description]]

    def job(self, job: Job) -> None:
        """Record a processing, training or transform job; its outputs when it has completed."""
        kind = job.task.kind
        if kind.name not in _USED:
            return
        described = job.describe()
        component = self.store.named(
            Kind.TRIAL_COMPONENT,
            f"{job.task.name}-aws-{kind.arn_type}",
            f"{kind.name}Job",
            job.arn,
        )
        self._contribute(_USED[kind.name](described), component)
        if described[f"{kind.name}JobStatus"] == "Completed":
            for uri, type_ in _PRODUCTS[kind.name](described):
                self.store.associate(component, self.store.artifact(uri, type_), _PRODUCED)

    def package(self, package: Description) -> None:
        """Record a model package, its group, its containers, and its creation or approval."""
        arn, status = package["ModelPackageArn"], package.get("ModelApprovalStatus", "")
        artifact = self.store.artifact(arn, _MODEL)
        group, _, version = arn.rpartition(":")[2].removeprefix("model-package/").partition("/")
        self._contribute(_contained(package), artifact)
        if version:
            group_arn = arn.replace(":model-package/", ":model-package-group/").rpartition("/")[0]
            name = f"{group}-aws-model-package-group"
            context = self.store.named(Kind.CONTEXT, name, "ModelGroup", group_arn)
            self.store.associate(artifact, context, _ASSOCIATED)
        action = self.store.named(
            Kind.ACTION,
            "-".join(part for part in (group, version, status, "aws-model-package") if part),
            "Approval",
            arn,
            ModelApprovalStatus=status,
        )
        self.store.associate(action, artifact, _CONTRIBUTED)

    def deployment(self, endpoint_arn: str, config: Description, config_name: str) -> None:
        """Record that the models of a configuration are in service at an endpoint."""
        name = endpoint_arn.rpartition("/")[2]
        action = self.store.named(
            Kind.ACTION, f"{config_name}-aws-endpoint", "ModelDeployment", endpoint_arn
        )
        context = self.store.named(Kind.CONTEXT, f"{name}-aws-endpoint", "Endpoint", endpoint_arn)
        self.store.associate(action, context, _ASSOCIATED)
        for variant in config["ProductionVariants"]:
            self._contribute(_deployed(self.containers_of(variant["ModelName"])), action)

    def _contribute(self, artifacts: Artifacts, destination: Entity) -> None:
        for uri, type_ in artifacts:
            self.store.associate(self.store.artifact(uri, type_), destination, _CONTRIBUTED)


def _used_by_processing(job: Description) -> Artifacts:
    yield job["AppSpecification"]["ImageUri"], _IMAGE
    for source in job.get("ProcessingInputs") or ():
        if "S3Input" in source:
            yield source["S3Input"]["S3Uri"], _DATA
        for dataset in (source.get("DatasetDefinition") or {}).values():
            if isinstance(dataset, Mapping) and "OutputS3Uri" in dataset:
                yield dataset["OutputS3Uri"], _DATA


def _used_by_training(job: Description) -> Artifacts:
    if image := job["AlgorithmSpecification"].get("TrainingImage"):
        yield image, _IMAGE
    for channel in job.get("InputDataConfig") or ():
        if source := channel["DataSource"].get("S3DataSource"):
            yield source["S3Uri"], _DATA


def _used_by_transform(job: Description) -> Artifacts:
    yield job["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"], _DATA


def _produced_by_processing(job: Description) -> Artifacts:
    for output in (job.get("ProcessingOutputConfig") or {}).get("Outputs", ()):
        if "S3Output" in output:
            yield output["S3Output"]["S3Uri"], _DATA


def _produced_by_training(job: Description) -> Artifacts:
    yield job["ModelArtifacts"]["S3ModelArtifacts"], _MODEL
    if checkpoints := job.get("CheckpointConfig"):
        yield checkpoints["S3Uri"], _CHECKPOINT


def _produced_by_transform(job: Description) -> Artifacts:
    yield job["TransformOutput"]["S3OutputPath"], _DATA


# Kind of job -> the artifacts that it uses, and those that it produces.
_USED: Mapping[str, Callable[[Description], Artifacts]] = {
    "Processing": _used_by_processing,
    "Training": _used_by_training,
    "Transform": _used_by_transform,
}
_PRODUCTS: Mapping[str, Callable[[Description], Artifacts]] = {
    "Processing": _produced_by_processing,
    "Training": _produced_by_training,
    "Transform": _produced_by_transform,
}


def _contained(package: Description) -> Artifacts:
    """Yield the images and models of the containers of a package."""
    specification = package.get("InferenceSpecification") or {}
    return _of_containers(specification.get("Containers", ()))


def _deployed(containers: Iterable[Description]) -> Artifacts:
    """Yield the images, models and packages of the containers of a model."""
    listed = list(containers)
    yield from _of_containers(listed)
    for container in listed:
        if package := container.get("ModelPackageName"):
            yield package, _MODEL


def _of_containers(containers: Iterable[Description]) -> Artifacts:
    for container in containers:
        if image := container.get("Image"):
            yield image, _IMAGE
        if data := container.get("ModelDataUrl"):
            yield data, _MODEL
