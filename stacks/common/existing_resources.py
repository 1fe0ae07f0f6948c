"""Lists the existing resources that a stack uses, in the metadata of its template.

`make preflight` compares the list with the account. The laptop cloud creates what is missing, so
that the same environment runs there.
"""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk

METADATA = "ExistingResources"


def expect(stack: cdk.Stack, kind: str, identifier: str, properties: dict[str, Any]) -> None:
    """Add a resource that the stack uses: its CloudFormation type, its id and its properties."""
    metadata = dict(stack.template_options.metadata or {})
    known = metadata.get(METADATA, [])
    added = {"Type": kind, "Id": identifier, "Properties": properties}
    stack.template_options.metadata = {**metadata, METADATA: [*known, added]}


def without_tokens(value: Any) -> Any:
    """Return a resolved value with texts such as `${AWS::AccountId}` in place of functions.

    The metadata of a template are not evaluated.
    """
    match value:
        case {"Ref": str(name)}:
            return f"${{{name}}}"
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(map(without_tokens, parts))
        case dict():
            return {name: without_tokens(each) for name, each in value.items()}
        case list():
            return [without_tokens(each) for each in value]
    return value
