"""The lineage as a tree for the terminal: from the query and the data to the endpoints."""

from __future__ import annotations

from rich.text import Text
from rich.tree import Tree

from operations.lineage.entities import QUERY, Entity, Lineage, short_digests
from operations.output import visible

# Inputs that many jobs share are in the line of the job.
_SHARED = ("image", "code", "approval")
_HIDDEN = "package group"


def tree(lineage: Lineage, title: str) -> Tree:
    """Return the tree. An entity that comes from several others is below the last of them."""
    root = Tree(Text(visible(title)))
    seen: set[str] = set()
    for entity in lineage.entities.values():
        if entity.kind not in _SHARED and not _origins(lineage, entity):
            _grow(root, lineage, entity, seen)
    return root


def line(lineage: Lineage, entity: Entity) -> str:
    """Return the text of an entity: what it is, its name, and its shared inputs."""
    shared = [f"{each.kind} {each.label}" for each in _shared(lineage, entity)]
    digest = f"SHA-256 {short_digests(entity.uri)}" if entity.kind == QUERY and entity.uri else ""
    more = ", ".join(filter(None, [digest, *shared]))
    return f"{entity.kind} {entity.label}" + (f" ({more})" if more else "")


def _grow(parent: Tree, lineage: Lineage, entity: Entity, seen: set[str]) -> None:
    if entity.arn in seen or entity.kind == _HIDDEN:
        return
    seen.add(entity.arn)
    branch = parent.add(Text(visible(line(lineage, entity))))
    for each in lineage.destinations[entity.arn]:
        if _is_last_origin(lineage, each, seen):
            _grow(branch, lineage, each, seen)


def _origins(lineage: Lineage, entity: Entity) -> list[Entity]:
    return [each for each in lineage.sources[entity.arn] if each.kind not in _SHARED]


def _is_last_origin(lineage: Lineage, entity: Entity, seen: set[str]) -> bool:
    """Return whether everything that an entity comes from is in the tree already."""
    return all(each.arn in seen for each in _origins(lineage, entity))


def _shared(lineage: Lineage, entity: Entity) -> list[Entity]:
    return [each for each in lineage.sources[entity.arn] if each.kind in _SHARED]
