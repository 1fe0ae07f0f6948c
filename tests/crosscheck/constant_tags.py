"""Finds the tags that a definition sets on all its resources (standard library only)."""

from typing import Any

from local_cloud.definition_rules.document import objects_at, steps_of


def constant_tags(body: dict[str, Any]) -> dict[str, str]:
    """The tags with a fixed value that all tagged steps of `body` have in common.

    So the stack of a pipeline and its jobs have the same tags, and the tags are declared only once.
    Steps without tags (such as Condition and RegisterModel) are ignored.
    """
    steps = [tags for step in steps_of(body) if (tags := _constant(step.arguments))]
    return dict(sorted(set.intersection(*steps))) if steps else {}


def _constant(arguments: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (str(tag["Key"]), tag["Value"])
        for tag in objects_at(arguments, "Tags")
        if isinstance(tag.get("Value"), str)
    }
