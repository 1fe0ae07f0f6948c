"""A pipeline's folder: its name, its files, and where a run of it keeps what it makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join

from pipeline_code.definition.steps import parameters
from pipeline_code.pipelines import name_of


@dataclass(frozen=True)
class PipelineFolder:
    """`pipeline_code/<name>/`; made as `PipelineFolder(Path(__file__).parent)`.

    `own_tags` (key -> value) are on every job and model beside the common ones, and on the
    resources of the pipeline's stack.
    """

    path: Path
    own_tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return name_of(self.path)

    def text(self, file: str) -> str:
        """The content of one of the folder's files, without blank space around it."""
        return (self.path / file).read_text().strip()

    def run_uri(self, step: str, output: str) -> Any:
        """S3 URI of one output of one step, of this execution only."""
        return self._uri("runs", step, output)

    def kept_uri(self, step: str, output: str) -> Any:
        """As `run_uri`, but what lies there does not expire: a registered model refers to it."""
        return self._uri("kept", step, output)

    def unload_uri(self, data_set: str) -> Any:
        """S3 URI of the folder that the warehouse unloads `data_set` to, of this execution only."""
        return self._uri("unload", data_set, "")

    def _uri(self, prefix: str, *rest: str) -> Any:
        execution = ExecutionVariables.PIPELINE_EXECUTION_ID
        place = ["s3:/", parameters.LAKE_BUCKET, prefix, self.name, execution, *rest]
        return Join(on="/", values=place)

    @property
    def tags(self) -> list[dict[str, Any]]:
        """The tags of every job and model of this pipeline."""
        tags = {
            "Project": "redline",
            "Pipeline": self.name,
            "Environment": parameters.TAG_ENVIRONMENT,
            "Owner": parameters.TAG_OWNER,
            "CostCenter": parameters.TAG_COST_CENTER,
            **self.own_tags,
        }
        return [{"Key": key, "Value": value} for key, value in tags.items()]
