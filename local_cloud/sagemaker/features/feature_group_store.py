"""Creates, finds, lists, changes and deletes feature groups."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from local_cloud.authorization.key_states import KeyUnusable, check_key, key_arn
from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.sagemaker.api.pagination import in_window, ordered
from local_cloud.sagemaker.endpoints.background_writer import BackgroundWriter
from local_cloud.sagemaker.exceptions import ResourceInUse, ResourceNotFound
from local_cloud.sagemaker.exceptions import ValidationFailed as Invalid
from local_cloud.sagemaker.features.feature_group import OFFLINE, ONLINE, FeatureGroup
from local_cloud.sagemaker.features.feature_group_checks import check_additions, check_creation
from local_cloud.sagemaker.features.glue_table import CATALOG, DATABASE, create_table, update_table
from local_cloud.sagemaker.features.offline_store import OfflineStore
from local_cloud.sagemaker.role_checks import check_role

Request = Mapping[str, Any]


class FeatureGroupStore:
    """The feature groups of one account and region, by the last part of their ARNs.

    A group is created within the call, without the status Creating.
    """

    def __init__(self, cloud: Cloud, region_name: str) -> None:
        self.groups: dict[str, FeatureGroup] = {}
        self._cloud = cloud
        self._region = region_name
        self._arn_prefix = f"arn:aws:sagemaker:{region_name}:{ACCOUNT_ID}:feature-group"
        self._lock = threading.Lock()
        self.offline = OfflineStore(cloud, self.groups)
        self._writer = BackgroundWriter([self.offline.flush])

    def create(self, request: Request) -> FeatureGroup:
        """Perform CreateFeatureGroup."""
        check_creation(request)
        name = request["FeatureGroupName"]
        arn = f"{self._arn_prefix}/{name.lower()}"
        if request.get("RoleArn"):
            check_role(request["RoleArn"], source_arn=arn)
        self._check_keys(request)
        resolved = {**request, "OfflineStoreConfig": self._offline_config(request)}
        group = FeatureGroup(
            arn=arn,
            request=resolved,
            tags=list(request.get("Tags") or []),
            definitions=[dict(each) for each in request["FeatureDefinitions"]],
        )
        with self._lock:
            if name.lower() in self.groups:
                raise ResourceInUse(f"Resource Already Exists: FeatureGroup with name {name}.")
            if _has_table(group):
                create_table(self._cloud.client("glue"), group)
            self.groups[name.lower()] = group
        return group

    def find(self, name: str) -> FeatureGroup:
        """Return a group by name or ARN. Raises `ResourceNotFound`."""
        found = self.groups.get(name.rpartition("/")[2].lower())
        if found is None:
            raise ResourceNotFound(f"Resource Not Found: FeatureGroup {name} does not exist.")
        return found

    def update(self, request: Request) -> FeatureGroup:
        """Perform UpdateFeatureGroup: add features, or change the default TtlDuration."""
        group = self.find(request["FeatureGroupName"])
        additions, online = request.get("FeatureAdditions"), request.get("OnlineStoreConfig")
        if request.get("ThroughputConfig"):
            raise Invalid("The laptop cloud does not support ThroughputConfig of a change.")
        if bool(additions) == bool(online is not None):
            raise Invalid("Use one of FeatureAdditions and OnlineStoreConfig at a time.")
        if additions:
            self._add(group, additions)
        else:
            self._set_time_to_live(group, (online or {}).get("TtlDuration"))
        group.modified = datetime.now(UTC)
        return group

    def delete(self, name: str) -> None:
        """Perform DeleteFeatureGroup. The offline files and the Glue table remain."""
        group = self.find(name)
        self.groups.pop(group.name.lower(), None)
        self.offline.flush_group(group)

    def summaries(self, request: Request) -> list[dict[str, Any]]:
        """Return the entries of ListFeatureGroups, before pagination."""
        shown = [group.summary() for group in list(self.groups.values())]
        wanted = [entry for entry in shown if _matches(entry, request)]
        by = {"Name": "FeatureGroupName", "FeatureGroupStatus": "FeatureGroupStatus"}
        return ordered(wanted, request, by=by)

    def start(self) -> None:
        """Start to write the offline store in the background; no-op if it has started."""
        self._writer.start()

    def close(self) -> None:
        """Write the remaining rows."""
        self._writer.close()

    def _add(self, group: FeatureGroup, additions: list[dict[str, Any]]) -> None:
        with group.lock:
            check_additions(additions, group.types)
            definitions = [*group.definitions, *(dict(each) for each in additions)]
            if _has_table(group):
                update_table(self._cloud.client("glue"), replace(group, definitions=definitions))
            group.definitions = definitions

    def _set_time_to_live(self, group: FeatureGroup, duration: Mapping[str, Any] | None) -> None:
        if ONLINE not in group.stores:
            raise Invalid(f"The feature group {group.name} has no online store.")
        online = {**group.request["OnlineStoreConfig"], "TtlDuration": duration}
        if not duration or duration.get("Value") is None:
            del online["TtlDuration"]
        group.request["OnlineStoreConfig"] = online

    def _offline_config(self, request: Request) -> dict[str, Any] | None:
        offline = request.get("OfflineStoreConfig")
        if offline is None:
            return None
        name, created = request["FeatureGroupName"], int(datetime.now(UTC).timestamp())
        storage = offline["S3StorageConfig"]
        path = f"{ACCOUNT_ID}/sagemaker/{self._region}/offline-store/{name}-{created}/data"
        resolved = f"{storage['S3Uri'].rstrip('/')}/{path}"
        generated = {
            "TableName": f"{name.replace('-', '_').lower()}_{created}",
            "Catalog": CATALOG,
            "Database": DATABASE,
        }
        has_table = not offline.get("DisableGlueTableCreation")
        catalog = offline.get("DataCatalogConfig") or (generated if has_table else None)
        return {
            **offline,
            "DisableGlueTableCreation": not has_table,
            "S3StorageConfig": {**storage, "ResolvedOutputS3Uri": resolved},
            **({"DataCatalogConfig": catalog} if catalog else {}),
        }

    def _check_keys(self, request: Request) -> None:
        online = (request.get("OnlineStoreConfig") or {}).get("SecurityConfig") or {}
        offline = (request.get("OfflineStoreConfig") or {}).get("S3StorageConfig") or {}
        for key in filter(None, (online.get("KmsKeyId"), offline.get("KmsKeyId"))):
            try:
                check_key(key_arn(key, ACCOUNT_ID, self._region))
            except KeyUnusable as error:
                raise Invalid(str(error)) from error


def _has_table(group: FeatureGroup) -> bool:
    offline = group.request.get("OfflineStoreConfig") or {}
    return OFFLINE in group.stores and not offline["DisableGlueTableCreation"]


def _matches(entry: Mapping[str, Any], request: Request) -> bool:
    offline = (entry.get("OfflineStoreStatus") or {}).get("Status")
    return (
        request.get("NameContains", "").lower() in entry["FeatureGroupName"].lower()
        and request.get("FeatureGroupStatusEquals") in (None, entry["FeatureGroupStatus"])
        and request.get("OfflineStoreStatusEquals") in (None, offline)
        and in_window(entry, request, "CreationTime")
    )
