"""The lineage entities of one account and region, and the associations between them."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local_cloud.sagemaker.api.pagination import in_window, ordered
from local_cloud.sagemaker.exceptions import ResourceNotFound
from local_cloud.sagemaker.lineage.entities import ARN_TYPES, Association, Entity, Kind

Request = Mapping[str, Any]
_ENDS = ("SourceArn", "DestinationArn", "SourceType", "DestinationType")


class LineageStore:
    """Entities by ARN, and associations. An entity that exists is not created again."""

    def __init__(self, account_id: str, region_name: str) -> None:
        self.entities: dict[str, Entity] = {}
        self.associations: dict[tuple[str, str], Association] = {}
        self._arn_prefix = f"arn:aws:sagemaker:{region_name}:{account_id}"
        self._lock = threading.Lock()

    def artifact(self, uri: str, type_: str) -> Entity:
        """Return the artifact of a URI: there is only one, with the type that it had first."""
        name = hashlib.md5(uri.encode(), usedforsecurity=False).hexdigest()
        return self._add(Kind.ARTIFACT, name, type_, uri, is_named=False)

    def named(self, kind: Kind, name: str, type_: str, uri: str, **properties: str) -> Entity:
        """Return the action, context or trial component with a name."""
        return self._add(kind, name, type_, uri, properties=properties)

    def associate(self, source: Entity, destination: Entity, type_: str) -> None:
        """Associate two entities, unless they are associated."""
        with self._lock:
            self.associations.setdefault(
                (source.arn, destination.arn),
                Association(source, destination, type_, datetime.now(UTC)),
            )

    def find(self, kind: Kind, name_or_arn: str) -> Entity:
        """Return an entity. Raises `ResourceNotFound`."""
        arn = name_or_arn
        if not arn.startswith("arn:"):
            arn = self._arn(kind, name_or_arn)
        found = self.entities.get(arn)
        if found is None or found.kind is not kind:
            raise ResourceNotFound(f"{kind} {name_or_arn} does not exist.")
        return found

    def summaries(self, kind: Kind, request: Request) -> list[dict[str, Any]]:
        """Perform List… of one kind, before pagination."""
        uri = request.get("SourceUri") or request.get("SourceArn")
        type_ = request.get(f"{kind}Type")
        found = [
            entity.summary()
            for entity in list(self.entities.values())
            if entity.kind is kind
            and uri in (None, entity.source_uri)
            and type_ in (None, entity.type)
        ]
        wanted = [entry for entry in found if _in_window(entry, request)]
        return ordered(wanted, request, by={"Name": f"{kind}Name"})

    def association_summaries(self, request: Request) -> list[dict[str, Any]]:
        """Perform ListAssociations, before pagination."""
        found = [association.summary() for association in list(self.associations.values())]
        wanted = [
            entry
            for entry in found
            if all(
                request.get(member) in (None, entry[member])
                for member in (*_ENDS, "AssociationType")
            )
            and _in_window(entry, request)
        ]
        return ordered(wanted, request, by={member: member for member in _ENDS})

    def _add(
        self,
        kind: Kind,
        name: str,
        type_: str,
        uri: str,
        *,
        is_named: bool = True,
        properties: Mapping[str, str] | None = None,
    ) -> Entity:
        arn, shown = self._arn(kind, name), name if is_named else ""
        with self._lock:
            return self.entities.setdefault(
                arn, Entity(kind, arn, shown, type_, uri, datetime.now(UTC), properties or {})
            )

    def _arn(self, kind: Kind, name: str) -> str:
        return f"{self._arn_prefix}:{ARN_TYPES[kind]}/{name}"


def _in_window(entry: Mapping[str, Any], request: Request) -> bool:
    return in_window(entry, request, "CreationTime", ("CreatedAfter", "CreatedBefore"))
