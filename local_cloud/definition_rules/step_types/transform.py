"""Rules for Transform steps that are not in the model of the API: filters, formats, payloads."""

import re
from collections.abc import Iterator
from typing import Any

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.document import Step
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.step_type import StepType

# Source: SageMaker Developer Guide, "Associate Prediction Results with Input Records" and
# its section "Supported JSONPath Operators".
_PLACE = r"(?:-?\d+|-?\d*:-?\d*)"
_KEY = r"'[^']+'"
_JSON_PATH = re.compile(
    rf"\$(?:\.[A-Za-z_][\w-]*|\.\*|\[\*\]|\[{_PLACE}(?:,{_PLACE})*\]|\.?\[{_KEY}(?:,{_KEY})*\])*"
)
_FILTERED_TYPES = ("text/csv", "application/json", "application/jsonlines")
# Source: API reference, CreateTransformJob, MaxPayloadInMB.
_MOST_MEGABYTES = 100


def check(definition: Definition, step: Step) -> Iterator[Finding]:
    """Yield the errors for which SageMaker rejects the request."""
    yield from _filters(step)
    yield from _format(step)
    yield from _payload(step)


def _data_processing(step: Step) -> dict[str, Any]:
    processing = step.arguments.get("DataProcessing")
    return processing if isinstance(processing, dict) else {}


def _filters(step: Step) -> Iterator[Finding]:
    for name in ("InputFilter", "OutputFilter"):
        value = _data_processing(step).get(name)
        if isinstance(value, str) and value and not _JSON_PATH.fullmatch(value):
            path = f"{step.path}.Arguments.DataProcessing.{name}"
            allowed = "a JSONPath such as $, $[1:], $[0,5:], $.features or $['id','features']"
            rule, remedy = "filter that is not a JSONPath of the service", "write it in this form"
            yield Finding(rule, step.name, path, value, allowed, remedy)


def _format(step: Step) -> Iterator[Finding]:
    """Yield a content type whose rows SageMaker cannot filter, if the step has filters."""
    processing, source = _data_processing(step), step.arguments.get("TransformInput")
    plain = {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}
    is_plain = all(processing.get(name) in (None, "", value) for name, value in plain.items())
    kind = source.get("ContentType") if isinstance(source, dict) else None
    if not is_plain and isinstance(kind, str) and _media_type(kind) not in _FILTERED_TYPES:
        path = f"{step.path}.Arguments.TransformInput.ContentType"
        rule, remedy = "filters on an unsupported format", "change the format or remove them"
        yield Finding(rule, step.name, path, kind, ", ".join(_FILTERED_TYPES), remedy)


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _payload(step: Step) -> Iterator[Finding]:
    size, together = (
        step.arguments.get(name, 1) for name in ("MaxPayloadInMB", "MaxConcurrentTransforms")
    )
    if not (isinstance(size, int) and isinstance(together, int)):
        return  # known only at run time
    if size * max(together, 1) > _MOST_MEGABYTES:
        path = f"{step.path}.Arguments.MaxPayloadInMB"
        allowed = f"at most {_MOST_MEGABYTES} MB, times MaxConcurrentTransforms"
        rule, remedy = "payload that is too large", "reduce one of the two"
        yield Finding(rule, step.name, path, size * max(together, 1), allowed, remedy)


STEP_TYPES = (
    StepType(
        name="Transform",
        request="CreateTransformJobRequest",
        own_name="TransformJobName",
        properties=("DescribeTransformJobResponse",),
        check=check,
    ),
)
