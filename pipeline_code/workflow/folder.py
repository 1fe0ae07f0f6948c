"""A pipeline's folder: its name, its tags, and the S3 prefixes of its runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join

from pipeline_code.compiler.images import DOCKERFILE
from pipeline_code.compiler.manifest import AREAS, NOTHING, Access, Area, Place
from pipeline_code.pipelines import name_of, package_of
from pipeline_code.source_files import source_files
from pipeline_code.workflow.environment import LAKE_BUCKET
from pipeline_code.workflow.variables import Environment, Uri

# The modules in the archive of every pipeline.
RUNTIME = "pipeline_code.runtime."


@dataclass(frozen=True)
class Folder:
    """`pipeline_code/<name>/`.

    `own_tags` (key -> value) are added to the common tags of every job and model, and of the
    resources of the pipeline's stack.
    """

    path: Path
    own_tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return name_of(self.path)

    @property
    def package(self) -> str:
        """The Python package of the folder, such as `pipeline_code.tickit_batch`."""
        return package_of(self.name, self.path.parent)

    @property
    def has_requirements(self) -> bool:
        """Whether the folder has a requirements.txt with packages that its image lacks."""
        return (self.path / "requirements.txt").is_file()

    @property
    def has_dockerfile(self) -> bool:
        """Whether the folder has a Dockerfile, from which a deployment can build an image."""
        return (self.path / DOCKERFILE).is_file()

    def run_uri(self, area: Area, step: str, output: str) -> Uri:
        """Return the URI of an output of a step, for this execution only.

        Objects in `runs` expire. Objects in `kept` do not expire while registered models refer to
        them. `unload` contains the rows that the warehouse unloaded.
        """
        return self.lake_uri(
            area, self.name, ExecutionVariables.PIPELINE_EXECUTION_ID, step, output
        )

    def run_target(self, area: Area, step: str, output: str) -> Uri:
        """The same URI for the job that writes the output: it may write below it only."""
        uri, place = self.run_uri(area, step, output), Place(area, self.name, f"*/{step}/{output}/")
        return Uri(uri.variable, Access(writes=(place,)))

    @property
    def report_uri(self) -> Uri:
        """The URI of the report of this execution, which a function writes after its end."""
        parts = ["reports", self.name, ExecutionVariables.PIPELINE_EXECUTION_ID, "report.html"]
        return Uri(Join(on="/", values=["s3:/", LAKE_BUCKET, *parts]), NOTHING)

    def lake_uri(self, *parts: Any, writable: bool = False) -> Uri:
        """Return the URI of a location in the lake, joined from its parts: `incoming/<pipeline>/…`.

        A URI with a parameter must be below `incoming/<this pipeline>/`.

        Raises:
            ValueError: the lake has no such area.
        """
        place = self._place(*parts)
        access = Access(reads=(replace(place, path=""),), writes=(place,) if writable else ())
        return Uri(Join(on="/", values=["s3:/", LAKE_BUCKET, *parts]), access)

    def _place(self, area: Any = None, pipeline: Any = None, *below: Any) -> Place:
        if not (isinstance(area, str) and isinstance(pipeline, str)):
            return Place("incoming", self.name)
        if area not in AREAS:
            raise ValueError(f"the lake has no area {area!r}: allowed are {', '.join(AREAS)}")
        path = "/".join(part if isinstance(part, str) else "*" for part in below)
        return Place(area, pipeline, path)

    def script(self, file: str) -> str:
        """Return the argument that starts a step script, such as `train` for `train.py`.

        A module of the runtime, `pipeline_code.runtime.…`, is its own argument.

        Raises:
            ValueError: the folder has no such file.
        """
        if file.startswith(RUNTIME):
            return file
        if not file.endswith(".py") or not (self.path / file).is_file():
            scripts = ", ".join(path.name for path in source_files(self.path, "*.py"))
            raise ValueError(f"{self.path} has no script {file!r}: it has {scripts}")
        return file.removesuffix(".py")

    @property
    def constant_tags(self) -> dict[str, str]:
        """The tags that are the same in every environment."""
        return {"Project": "redline", "Pipeline": self.name, **self.own_tags}

    @property
    def tags(self) -> list[dict[str, Any]]:
        """The tags of every job and model of this pipeline."""
        tags = {
            "Project": "redline",
            "Pipeline": self.name,
            "Environment": Environment("TagEnvironment"),
            "Owner": Environment("TagOwner"),
            "CostCenter": Environment("TagCostCenter"),
            **self.own_tags,
        }
        return [{"Key": key, "Value": value} for key, value in tags.items()]
