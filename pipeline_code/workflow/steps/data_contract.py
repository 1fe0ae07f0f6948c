"""The check of data before training: a processing job, and the values for its gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import MODEL_PACKAGE_GROUP
from pipeline_code.workflow.instances import Instances
from pipeline_code.workflow.metric import Comparison, Metric
from pipeline_code.workflow.step_kind import DependsOn, OfStep
from pipeline_code.workflow.steps.fail import fail
from pipeline_code.workflow.steps.processing import processing
from pipeline_code.workflow.variables import Environment, Uri

OUTPUT = "contract"
MESSAGE = (
    "The data do not meet the contract: {}. No model was trained. To accept exactly these data: "
    "make accept-data ENV={} PIPELINE={} DIGEST={} REASON='…', then start the pipeline again."
)


@dataclass(frozen=True, kw_only=True)
class CheckedData(OfStep):
    """The result of the check, for a gate: `p.gate(…, data.allowed, …, reject=data.reject)`.

    `reject` is a step that fails with the rules that failed. `properties` are for the model that is
    registered, so that later runs compare their data with its data. `digest` is the SHA-256 of the
    profile of the data.
    """

    step: Any
    allowed: Comparison
    reject: Any
    properties: dict[str, Uri]
    digest: Metric


def data_contract(
    p: Collector,
    name: str,
    script: str,
    profile: Uri,
    instances: Instances,
    *,
    image: str | Environment | None = None,
    reject: str = "RejectData",
    depends_on: DependsOn = None,
) -> CheckedData:
    """A step that checks the `profile` of data with `script`, which calls `check_data`.

    The profile is the output of a step with a `Preparation`. The data are compared with those
    of the approved version of the environment's model package group. `reject` is the name of the
    step that fails.
    """
    step = processing(
        p,
        name,
        script,
        instances,
        image=image,
        inputs={"profile": profile},
        outputs=[OUTPUT],
        kept=True,  # a registered model refers to the profile
        environment={
            "MODEL_PACKAGE_GROUP": MODEL_PACKAGE_GROUP,
            "ACCEPTED_DATA_URI": p.folder.lake_uri("accepted-data", p.name),
        },
        network=True,  # for the approved version in the registry, and the record that accepts data
        depends_on=depends_on,
    )
    written = step[OUTPUT]
    message, digest = written.metric("message"), written.metric("digest")
    environment = Environment("TagEnvironment")
    return CheckedData(
        step=step,
        allowed=written.metric("rejected_rules") == 0,
        reject=fail(p, reject, MESSAGE, message, environment, p.name, digest),
        properties={"data_profile": written / "profile.json"},
        digest=written.metric("profile"),
    )
