"""Checks a request against its shape in botocore's model, as the service does.

boto3 checks types before it sends a request, but neither lengths nor patterns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.service_model import shape
from local_cloud.definition_rules.shapes import Walk
from local_cloud.sagemaker.exceptions import ValidationFailed


def check_request(shape_name: str, request: Mapping[str, Any]) -> None:
    """Raise `ValidationFailed` with every member that violates the constraints of its shape."""
    given = {name: value for name, value in request.items() if value is not None}
    walk = Walk(Definition({}), "", plain=True)
    found = [
        f"Value {finding.value!r:.200} at '{finding.path.lstrip('.')}' failed to satisfy "
        f"constraint: {finding.allowed}"
        for finding in walk.value(shape(shape_name), given, "")
    ]
    if found:
        count = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected"
        raise ValidationFailed(f"{count}: {'; '.join(found)}")
