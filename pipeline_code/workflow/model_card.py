"""The model card of a registered version, as the text that CreateModelPackage takes.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-details.html#model-card-schema
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, groupby
from typing import Any

from sagemaker.core.helper.pipeline_variable import PipelineVariable
from sagemaker.core.workflow.functions import Join

from pipeline_code.compiler.manifest import Access
from pipeline_code.workflow.metric import Metric
from pipeline_code.workflow.models import TrainedModel
from pipeline_code.workflow.variables import access_of

# A card is reviewed together with its version, which waits for approval.
STATUS = "PendingReview"


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """The texts of a person about a model, and the metrics and digests that the card shows.

    `metrics` is name -> metric of the test rows. `details` is name -> text, such as the digest of
    the data.
    """

    purpose: str
    intended_uses: str
    caveats: str
    metrics: Mapping[str, Metric]
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def access(self) -> Access:
        """What SageMaker needs to read the metrics."""
        return access_of([*self.metrics.values(), *self.details.values()])

    def request(
        self, model: TrainedModel, *, pipeline: str, properties: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the ModelCard of CreateModelPackage; `properties` are those of the version."""
        image = {"container_image": [model.image]}
        measured = [
            {"name": name, "type": "number", "value": _Number(metric)}
            for name, metric in self.metrics.items()
        ]
        content = {
            "model_overview": {
                "model_creator": f"Pipeline {pipeline}",
                "model_artifact": [model],
            },
            "intended_uses": {
                "purpose_of_model": self.purpose,
                "intended_uses": self.intended_uses,
            },
            "training_details": {"training_job_details": {"training_environment": image}},
            "evaluation_details": [
                {
                    "name": "Evaluation on the test rows",
                    "metric_groups": [{"name": "Metrics", "metric_data": measured}],
                }
            ],
            "additional_information": {
                "caveats_and_recommendations": self.caveats,
                "custom_details": {**properties, **self.details},
            },
        }
        return {"ModelCardContent": json_text(content), "ModelCardStatus": STATUS}


@dataclass(frozen=True)
class _Number:
    """A variable whose value is a number, which has no quotes in JSON."""

    variable: PipelineVariable


def json_text(document: Any) -> Join:
    """Return the JSON of a document with variables, as a text that is complete in a run.

    A variable is a text without characters that JSON escapes, such as a URI or a digest.
    """
    groups = groupby(_pieces(document), key=lambda piece: isinstance(piece, str))
    parts = (["".join(pieces)] if is_text else list(pieces) for is_text, pieces in groups)
    return Join(on="", values=list(chain.from_iterable(parts)))


def _pieces(value: Any) -> Iterator[Any]:
    if isinstance(value, _Number):
        yield value.variable
    elif isinstance(value, PipelineVariable):
        yield from ('"', value, '"')
    elif isinstance(value, Mapping):
        yield "{"
        for number, (key, item) in enumerate(value.items()):
            yield f"{', ' if number else ''}{json.dumps(key)}: "
            yield from _pieces(item)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for number, item in enumerate(value):
            yield ", " if number else ""
            yield from _pieces(item)
        yield "]"
    else:
        yield json.dumps(value)
