"""The manifest of a definition: the needs of its steps. Uses only the standard library."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, get_args

from pipeline_code.compiler.databases import DatabaseUse

# The areas of the lake (docs/architecture.md, "Where data is kept").
Area = Literal["accepted-data", "captured", "extracted", "incoming", "kept", "runs", "unload"]
AREAS: tuple[str, ...] = get_args(Area)
# The roles of jobs and models, in addition to the execution role.
JobRole = Literal["Processing", "Database", "Training", "Model", "EmrCluster", "EmrServerless"]
# Placeholder for the pipeline whose registered models are used. The environment sets it.
MODELS_OF = "<models_of>"
# What Athena does with the permissions of its caller, except for the objects of the lake.
# https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html
QUERY_ATHENA = (
    "athena:GetQueryExecution",
    "athena:StartQueryExecution",
    "glue:GetDatabase",
    "glue:GetPartitions",
    "glue:GetTable",
    "s3:GetBucketLocation",
)
# The actions on records of feature groups, which have an API and an endpoint of their own.
FEATURE_RECORDS = ("sagemaker:BatchGetRecord", "sagemaker:PutRecord")


@dataclass(frozen=True, order=True)
class Place:
    """Data of one pipeline in one area of the lake: all of it, or what is below `path`.

    In a path, `*` is a part that is known only in a run: "*/Train/model/" is the output `model` of
    the step `Train`, of every execution.
    """

    area: str
    pipeline: str
    path: str = ""

    @classmethod
    def of_models(cls) -> Self:
        """Return the location of the registered models that are used."""
        return cls("kept", MODELS_OF)


@dataclass(frozen=True, kw_only=True)
class Access:
    """The actions and the data to which a role needs access.

    `images` are names of environment values, or MODELS_OF for the images of registered models;
    `code` is the archive of the pipeline's step scripts; `namespaces` are CloudWatch namespaces;
    `feature_groups` are names of declared groups, `databases` those whose secrets are read.
    """

    actions: tuple[str, ...] = ()
    reads: tuple[Place, ...] = ()
    writes: tuple[Place, ...] = ()
    images: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    code: bool = False
    feature_groups: tuple[str, ...] = ()
    databases: tuple[DatabaseUse, ...] = ()

    def __or__(self, other: Self) -> "Access":
        return merged([self, other])


NOTHING = Access()


def merged(accesses: Iterable[Access]) -> Access:
    """Return the union of the accesses."""
    every = list(accesses)

    def union(name: str) -> tuple[Any, ...]:
        return tuple(sorted({item for access in every for item in getattr(access, name)}))

    return Access(
        actions=union("actions"),
        reads=union("reads"),
        writes=union("writes"),
        images=union("images"),
        namespaces=union("namespaces"),
        code=any(access.code for access in every),
        feature_groups=union("feature_groups"),
        databases=union("databases"),
    )


@dataclass(frozen=True, kw_only=True)
class Needs:
    """The needs of a step.

    `execution` is the access that SageMaker Pipelines needs for the step, with the execution role.
    `creates` is the type of resource that SageMaker Pipelines creates, as in ARNs
    ("processing-job"). `job` is the access that the job or model needs, with the role `role`.
    `hosting` is the access that a registered model needs on an endpoint. `functions` and `queues`
    are the names of the environment values for the functions and queues that the step uses;
    `extracted` is where these functions and the warehouse keep the days of incremental extractions.
    `writes_models`: the job writes models.
    """

    step: str
    execution: Access
    creates: str = ""
    role: JobRole | None = None
    job: Access = NOTHING
    hosting: Access = NOTHING
    functions: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    extracted: tuple[Place, ...] = ()
    writes_models: bool = False


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The needs of a definition, for each step and in total.

    `environment` are the names of its environment values. `image_uris` is name -> region -> URI for
    the environment values that are AWS images. `tags` are the constant tags of jobs and models.
    `wheels` is the image (IMAGES) for which jobs need the wheels of the pipeline's requirements.
    `built_image` is the name of the environment value with the image of the pipeline's Dockerfile.
    """

    steps: tuple[Needs, ...]
    environment: tuple[str, ...]
    image_uris: Mapping[str, Mapping[str, str]]
    tags: Mapping[str, str]
    wheels: str = ""
    built_image: str = ""

    @property
    def roles(self) -> tuple[JobRole, ...]:
        """The roles of jobs and models that the execution role passes, sorted."""
        return tuple(sorted({need.role for need in self.steps if need.role}))

    @property
    def execution(self) -> Access:
        """The access of the execution role."""
        return merged(need.execution for need in self.steps)

    @property
    def creates(self) -> tuple[str, ...]:
        """The types of resources that SageMaker Pipelines creates, sorted."""
        return tuple(sorted({need.creates for need in self.steps if need.creates}))

    def job(self, role: JobRole) -> Access:
        """Return the access of the jobs and models with this role."""
        return merged(need.job for need in self.steps if need.role == role)

    def writes_models(self, role: JobRole) -> bool:
        """Whether jobs with this role write models."""
        return any(need.writes_models for need in self.steps if need.role == role)

    @property
    def models(self) -> tuple[Place, ...]:
        """Where jobs write models."""
        return merged(need.job for need in self.steps if need.writes_models).writes

    @property
    def hosting(self) -> Access:
        """The access that the registered models need on an endpoint."""
        return merged(need.hosting for need in self.steps)

    @property
    def registers_models(self) -> bool:
        """Whether the definition registers models."""
        return self.hosting != NOTHING

    @property
    def images(self) -> tuple[str, ...]:
        """The names of the environment values for the images of jobs and registered models."""
        every = merged(access for need in self.steps for access in (need.job, need.hosting)).images
        return tuple(name for name in every if name != MODELS_OF)

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of the environment values for the functions that steps call."""
        return tuple(sorted({name for need in self.steps for name in need.functions}))

    @property
    def queues(self) -> tuple[str, ...]:
        """The names of the environment values for the queues to which steps send messages."""
        return tuple(sorted({name for need in self.steps for name in need.queues}))

    @property
    def extracted(self) -> tuple[Place, ...]:
        """Where functions and the warehouse keep the days of incremental extractions."""
        return tuple(sorted({place for need in self.steps for place in need.extracted}))

    @property
    def databases(self) -> tuple[DatabaseUse, ...]:
        """The databases that jobs read."""
        return merged(need.job for need in self.steps).databases

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The CloudWatch namespaces in which jobs put metrics."""
        return merged(need.job for need in self.steps).namespaces

    def to_document(self) -> dict[str, Any]:
        """Convert the manifest to JSON types."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Convert from JSON types. Raises KeyError or TypeError for an invalid document."""
        return cls(
            steps=tuple(_needs(each) for each in document["steps"]),
            environment=tuple(document["environment"]),
            image_uris=document["image_uris"],
            tags=document["tags"],
            wheels=document["wheels"],
            built_image=document["built_image"],
        )


def _needs(document: Mapping[str, Any]) -> Needs:
    return Needs(
        **{
            **document,
            "execution": _access(document["execution"]),
            "job": _access(document["job"]),
            "hosting": _access(document["hosting"]),
            "functions": tuple(document["functions"]),
            "queues": tuple(document["queues"]),
            "extracted": _places(document["extracted"]),
        }
    )


def _access(document: Mapping[str, Any]) -> Access:
    return Access(
        actions=tuple(document["actions"]),
        reads=_places(document["reads"]),
        writes=_places(document["writes"]),
        images=tuple(document["images"]),
        namespaces=tuple(document["namespaces"]),
        code=document["code"],
        feature_groups=tuple(document["feature_groups"]),
        databases=tuple(_database(each) for each in document["databases"]),
    )


def _database(document: Mapping[str, Any]) -> DatabaseUse:
    return DatabaseUse(
        document["name"],
        document["connector"],
        required=tuple(document["required"]),
        optional=tuple(document["optional"]),
    )


def _places(documents: Iterable[Mapping[str, Any]]) -> tuple[Place, ...]:
    return tuple(Place(**place) for place in documents)
