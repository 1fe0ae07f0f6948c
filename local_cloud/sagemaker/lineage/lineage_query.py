"""QueryLineage: follows associations from an entity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from local_cloud.sagemaker.api.pagination import in_window, paged
from local_cloud.sagemaker.exceptions import ResourceNotFound, ValidationFailed
from local_cloud.sagemaker.lineage.entities import Association, Entity
from local_cloud.sagemaker.lineage.lineage_store import LineageStore

Request = Mapping[str, Any]
_MAX_DEPTH = _PAGE = 10


def query_lineage(store: LineageStore, request: Request) -> dict[str, Any]:
    """Perform QueryLineage. A page has the edges from its vertices to those of earlier pages.

    Raises `ValidationFailed` without a StartArn, and `ResourceNotFound` for an unknown one.
    """
    starts = request.get("StartArns") or []
    if not starts:
        raise ValidationFailed("StartArns is empty: one ARN of a lineage entity is required.")
    if starts[0] not in store.entities:
        raise ResourceNotFound(f"The lineage entity {starts[0]} does not exist.")
    found = [
        entity
        for entity in _reached(store, store.entities[starts[0]], request)
        if _matches(entity, request.get("Filters") or {})
    ]
    vertices = [_vertex(entity) for entity in found]
    answer = paged(vertices, {"MaxResults": _PAGE, **_given(request)}, result="Vertices")
    start = int(request.get("NextToken") or 0)
    end = start + len(answer["Vertices"])
    edges = list(_edges(store, found[:end], {entity.arn for entity in found[start:end]}))
    return answer | {"Edges": edges if request.get("IncludeEdges", True) else []}


def _given(request: Request) -> dict[str, Any]:
    return {name: value for name, value in request.items() if value is not None}


def _reached(store: LineageStore, start: Entity, request: Request) -> list[Entity]:
    """Return the start and the entities at most MaxDepth associations away, the nearest first."""
    neighbours = _neighbours(store, request.get("Direction") or "Both")
    found, latest = {start.arn: start}, [start]
    for _ in range(request.get("MaxDepth") or _MAX_DEPTH):
        near = {each.arn: each for entity in latest for each in neighbours[entity.arn]}
        latest = [entity for arn, entity in near.items() if arn not in found]
        found |= {entity.arn: entity for entity in latest}
    return list(found.values())


def _neighbours(store: LineageStore, direction: str) -> Mapping[str, list[Entity]]:
    found: dict[str, list[Entity]] = defaultdict(list)
    for association in list(store.associations.values()):
        if direction in ("Ascendants", "Both"):
            found[association.destination.arn].append(association.source)
        if direction in ("Descendants", "Both"):
            found[association.source.arn].append(association.destination)
    return found


def _matches(entity: Entity, filters: Request) -> bool:
    entry = {"CreationTime": entity.created, "LastModifiedTime": entity.created}
    return (
        entity.type in (filters.get("Types") or [entity.type])
        and entity.kind in (filters.get("LineageTypes") or [entity.kind])
        and in_window(entry, filters, "CreationTime", ("CreatedAfter", "CreatedBefore"))
        and in_window(entry, filters, "LastModifiedTime", ("ModifiedAfter", "ModifiedBefore"))
        and all(
            entity.properties.get(name) == value
            for name, value in (filters.get("Properties") or {}).items()
        )
    )


def _vertex(entity: Entity) -> dict[str, str]:
    return {"Arn": entity.arn, "Type": entity.type, "LineageType": entity.kind}


def _edges(store: LineageStore, known: list[Entity], new: set[str]) -> Iterator[dict[str, str]]:
    arns = {entity.arn for entity in known}
    for each in list(store.associations.values()):
        ends = {each.source.arn, each.destination.arn}
        if ends <= arns and ends & new:
            yield _edge(each)


def _edge(association: Association) -> dict[str, str]:
    return {
        "SourceArn": association.source.arn,
        "DestinationArn": association.destination.arn,
        "AssociationType": association.type,
    }
