"""Rules for QualityCheck and ClarifyCheck steps.

Sources: QualityCheckStep and ClarifyCheckStep of the SageMaker SDK 3, and the steps in
https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html
"""

from collections.abc import Iterator

from local_cloud.definition_rules.definition import Definition, one_of
from local_cloud.definition_rules.document import Step
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.service_model import shape
from local_cloud.definition_rules.shapes import Walk
from local_cloud.definition_rules.step_type import StepType
from local_cloud.definition_rules.step_types import processing

_CHECKS = {
    "QualityCheck": ("DATA_QUALITY", "MODEL_QUALITY"),
    "ClarifyCheck": ("DATA_BIAS", "MODEL_BIAS", "MODEL_EXPLAINABILITY"),
}
_OF_MODELS = ("MODEL_BIAS", "MODEL_EXPLAINABILITY")
# Member -> the shape of its value in the API, which the service returns in the step's metadata.
_SHAPES = {
    "ModelPackageGroupName": "ArnOrName",
    "SkipCheck": "Boolean",
    "FailOnViolation": "Boolean",
    "RegisterNewBaseline": "Boolean",
    "SuppliedBaselineConstraints": "String1024",
}
_STATISTICS = {"SuppliedBaselineStatistics": "String1024"}
_MODEL = {"ModelName": "ModelName"}
_NEEDS_BASELINE = ("SkipCheck", "RegisterNewBaseline")
_MEMBERS = {"QualityCheck": {**_SHAPES, **_STATISTICS}, "ClarifyCheck": {**_SHAPES, **_MODEL}}


def check(definition: Definition, step: Step) -> Iterator[Finding]:
    """Yield errors of the job, the type of the check, the members and the baseline."""
    yield from processing.check(definition, step)
    kind, checks = step.document.get("CheckType"), _CHECKS[step.type]
    if kind not in checks:
        path = f"{step.path}.CheckType"
        yield Finding("type of check", step.name, path, kind, one_of(checks), "name one of these")
    walk = Walk(definition, step.name)
    for member, name in _MEMBERS[step.type].items():
        if member in step.document:
            value, path = step.document[member], f"{step.path}.{member}"
            yield from walk.value(shape(name), value, path)
    if kind in _OF_MODELS and "ModelName" not in step.document:
        rule, path, remedy = "check without a model", f"{step.path}.ModelName", "add the member"
        yield Finding(rule, step.name, path, None, "the name of a model", remedy)
    yield from _baseline(step)


def _baseline(step: Step) -> Iterator[Finding]:
    """Yield a check that needs a previous baseline, but names none.

    "If it is set to False, the previous baseline of the configured check type must be available."
    """
    if any(
        step.document.get(name) for name in ("ModelPackageGroupName", "SuppliedBaselineConstraints")
    ):
        return
    for flag in _NEEDS_BASELINE:
        if step.document.get(flag, False) is False:
            rule, path = "no previous baseline", f"{step.path}.{flag}"
            allowed = "true without ModelPackageGroupName and SuppliedBaselineConstraints"
            remedy = "set it to true, or name a baseline"
            yield Finding(rule, step.name, path, False, allowed, remedy)


def _named(parts: tuple[str, ...]) -> tuple[str, ...]:
    prefixes = ("CalculatedBaseline", "BaselineUsedForDriftCheck")
    return tuple(f"{prefix}{part}" for prefix in prefixes for part in parts)


STEP_TYPES = tuple(
    StepType(
        name=name,
        request="CreateProcessingJobRequest",
        own_name="ProcessingJobName",
        named_properties=_named(parts),
        members=frozenset({"CheckType", *_MEMBERS[name]}),
        check=check,
    )
    for name, parts in (
        ("QualityCheck", ("Constraints", "Statistics")),
        ("ClarifyCheck", ("Constraints",)),
    )
)
