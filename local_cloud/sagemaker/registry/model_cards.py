"""The model card of a model package: its checks, and its members in responses.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-details.html#model-card-schema
and the shapes of SDK 3 (sagemaker/core/shapes/model_card_shapes.py). model_card_shapes.json has
this schema in botocore's format, except the values and axes of metrics.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from botocore.model import ShapeResolver

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.findings import Finding
from local_cloud.definition_rules.shapes import Walk
from local_cloud.sagemaker.api.request_shapes import check_request
from local_cloud.sagemaker.exceptions import ValidationFailed

Card = Mapping[str, Any]
CONTENT, STATUS = "ModelCardContent", "ModelCardStatus"
ARCHIVED = "Archived"
_SHAPES = Path(__file__).with_name("model_card_shapes.json")
# The type of a metric -> the Python type of its value.
_VALUES: Mapping[str, type | tuple[type, ...]] = {
    "number": (int, float),
    "string": str,
    "boolean": bool,
    "linear_graph": list,
    "bar_chart": list,
    "matrix": list,
}
_NOT_SHAPED = {"value", "x_axis_name", "y_axis_name"}


def check_card(card: Card) -> None:
    """Raise `ValidationFailed` if the status or the content is invalid, with every error."""
    check_request("ModelPackageModelCard", card)
    try:
        content = json.loads(card.get(CONTENT, "{}"))
    except json.JSONDecodeError as error:
        raise ValidationFailed(f"{CONTENT} is not JSON: {error}") from error
    metrics = list(_metrics(content))
    found = [
        f"{finding.path.lstrip('.')}: {finding.rule}; expected {finding.allowed}"
        for finding in [*_shaped(_without_values(content)), *_values(metrics)]
    ]
    if found:
        raise ValidationFailed(f"{CONTENT} does not match the schema: {'; '.join(found)}")


def merged_card(before: Card | None, change: Card) -> dict[str, Any]:
    """Return the card after an update. Raises `ValidationFailed` for an archived card."""
    if before and before.get(STATUS) == ARCHIVED and CONTENT in change:
        raise ValidationFailed("Model Card is in Archived state.")
    check_card(change)
    return {**(before or {}), **change}


def metadata_only(card: Card) -> dict[str, Any]:
    """Return the card for IncludedData=MetadataOnly: of the content only the risk rating."""
    rating = json.loads(card.get(CONTENT, "{}")).get("intended_uses", {}).get("risk_rating")
    content = {"intended_uses": {"risk_rating": rating}} if rating else {}
    return {**card, CONTENT: json.dumps(content)}


@cache
def _resolver() -> ShapeResolver:
    return ShapeResolver(json.loads(_SHAPES.read_text(encoding="utf-8")))


def _shaped(content: Any) -> Iterator[Finding]:
    shape = _resolver().get_shape_by_name(CONTENT)
    return Walk(Definition({}), "", plain=True).value(shape, content, "")


def _metrics(content: Any) -> Iterator[dict[str, Any]]:
    """Yield the metrics of evaluations, of a content that may have any form."""
    for value in content.values() if isinstance(content, dict) else content:
        if isinstance(value, dict) and isinstance(value.get("metric_data"), list):
            yield from (each for each in value["metric_data"] if isinstance(each, dict))
        elif isinstance(value, (dict, list)):
            yield from _metrics(value)


def _without_values(content: Any) -> Any:
    if isinstance(content, list):
        return [_without_values(each) for each in content]
    if not isinstance(content, dict):
        return content
    data = content.get("metric_data")
    if isinstance(data, list) and all(isinstance(each, dict) for each in data):
        shaped = [{k: v for k, v in each.items() if k not in _NOT_SHAPED} for each in data]
        return {**content, "metric_data": shaped}
    return {key: _without_values(value) for key, value in content.items()}


def _values(metrics: list[dict[str, Any]]) -> Iterator[Finding]:
    for each in metrics:
        kind, value = each.get("type"), each.get("value")
        expected = _VALUES.get(str(kind))
        is_boolean = isinstance(value, bool) and kind != "boolean"
        if expected and (is_boolean or not isinstance(value, expected)):
            path = f"the value of the metric {each.get('name')}"
            yield Finding("value of the wrong type", "", path, value, f"a {kind}", "change it")
