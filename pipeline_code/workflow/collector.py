"""Collects the parameters and steps of a pipeline, and what each step needs."""

from collections.abc import Iterable
from typing import Any, TypeVar

from sagemaker.core.workflow.parameters import (
    Parameter,
    ParameterBoolean,
    ParameterFloat,
    ParameterInteger,
    ParameterString,
)

from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.compiler.images import DOCKERFILE, IMAGES, Image, built_image_value
from pipeline_code.compiler.manifest import Access, Needs
from pipeline_code.workflow.environment import CODE, WHEELS, image_value
from pipeline_code.workflow.folder import Folder
from pipeline_code.workflow.instances import Instances
from pipeline_code.workflow.variables import Environment, FileText, Uri

AnyStep = TypeVar("AnyStep")
# A name of IMAGES, DOCKERFILE, an image of AWS, or the environment value with another image.
AnyImage = str | Image | Environment


class Collector:
    """The parts of a pipeline while its definition is built. Steps are in the order of creation."""

    def __init__(self, folder: Folder, image: AnyImage | None) -> None:
        self.folder, self._image = folder, image
        self.parameters: list[Parameter] = []
        self.steps: list[Any] = []
        self.needs: list[Needs] = []
        self.queries: list[str] = []
        # The image for which steps need the wheels of requirements.txt.
        self.wheels = ""
        # The environment value with the image of the folder's Dockerfile, if a step uses it.
        self.built_image = ""
        # The images of `aws_image`, by the name of their environment value.
        self.images: dict[str, Image] = {}
        # Step of the SDK -> the member of its request that contains the declared role.
        self.roles: dict[str, dict[str, Any]] = {}

    @property
    def name(self) -> str:
        """The name of the pipeline: the name of its folder with hyphens instead of underscores."""
        return self.folder.name

    def parameter(
        self, name: str, default: str | int | float | bool, *, enum_values: Iterable[str] = ()
    ) -> Parameter:
        """Add a parameter, which can be changed at a start. Its type is the type of `default`.

        Raises:
            DefinitionError: the pipeline has another parameter of this name.
        """
        kinds: dict[type, Any] = {
            bool: ParameterBoolean,
            int: ParameterInteger,
            float: ParameterFloat,
        }
        if isinstance(default, str):
            made = ParameterString(name, default, enum_values=list(enum_values) or None)
        else:
            made = kinds[type(default)](name, default_value=default)
        declared = {each.name: each for each in self.parameters}
        if declared.setdefault(name, made).to_request() != made.to_request():
            raise DefinitionError(
                f"parameter {name} has the default {default!r} here, but has another default "
                "elsewhere: declare it once, or rename one of the two"
            )
        self.parameters = list(declared.values())
        return declared[name]

    def instances(self, name: str, type: str, count: int = 1) -> Instances:
        """Add the parameters `<name>InstanceType` and `<name>InstanceCount` of instances."""
        kind = self.parameter(f"{name}InstanceType", type)
        return Instances(kind, self.parameter(f"{name}InstanceCount", count))

    def instance(self, name: str, type: str) -> Instances:
        """Add the parameter `<name>InstanceType` of a single instance."""
        return Instances(self.parameter(f"{name}InstanceType", type))

    def image(self, image: AnyImage | None) -> Environment:
        """Return the image of a step. The default is the pipeline's image.

        Raises:
            ValueError: neither the step nor the pipeline has an image, or the image does not exist.
        """
        found = image or self._image
        if found is None:
            raise ValueError('no image is set: set image="…" of the step or of the Pipeline')
        if found == DOCKERFILE:
            return self._built_image()
        if isinstance(found, Image):
            self.images[found.value] = found
        return image_value(found)

    def _built_image(self) -> Environment:
        """Return the image that a deployment builds from the Dockerfile of the folder."""
        if not self.folder.has_dockerfile:
            raise DefinitionError(
                f'image="{DOCKERFILE}": {self.folder.path.name} has no {DOCKERFILE}: write it, or '
                "name another image"
            )
        self.built_image = built_image_value(self.folder.path.name)
        return Environment(self.built_image, Access(images=(self.built_image,)))

    def code(self, script: str | None, image: AnyImage | None) -> dict[str, Uri]:
        """Return the inputs of a step that runs `script`: the archive, and the folder's wheels.

        The wheels are for the pipeline's image, so steps with another image do not get them. A
        Dockerfile installs the packages itself.

        Raises:
            DefinitionError: the packages of the image are unknown, so it cannot get wheels.
        """
        if script is None:
            return {}
        is_other = image not in (None, self._image) or self._image == DOCKERFILE
        if not self.folder.has_requirements or is_other:
            return {"code": CODE}
        known = [name for name, each in IMAGES.items() if each.python]
        if self._image not in known:
            raise DefinitionError(
                f"{self.folder.path.name}/requirements.txt is for the image of the Pipeline, which "
                f"is {self._image!r}: allowed are {', '.join(known)}; install the packages of "
                "another image when you build it, and remove the file"
            )
        self.wheels = str(self._image)
        return {"code": CODE, "wheels": WHEELS}

    def query(self, file: str) -> FileText:
        """Return the text of a SQL file of the folder; registered models record its digest."""
        if file not in self.queries:
            self.queries.append(file)
        return FileText(file)

    def collect(self, step: AnyStep, needs: Needs) -> AnyStep:
        """Add a step at the end."""
        self.steps.append(step)
        self.needs.append(needs)
        return step

    def nest(self, branch: str, steps: Iterable[Any]) -> list[Any]:
        """Move steps from the top level of the pipeline to the branches of `branch`.

        Raises:
            DefinitionError: a step is not in the pipeline, or is in another branch.
        """
        nested = list(steps)
        for step in nested:
            if not any(step is each for each in self.steps):
                raise DefinitionError(
                    f"step {step.name} cannot be in a branch of {branch}: allowed is a step of "
                    "this pipeline that is in no other branch; create it once, with p.<kind>(…)"
                )
            self.steps = [each for each in self.steps if each is not step]
        return nested
