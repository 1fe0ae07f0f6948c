"""The resources of Studio. They are ready at once; no app runs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local_cloud.context import ACCOUNT_ID
from local_cloud.sagemaker.exceptions import ResourceInUse, ResourceNotFound, ValidationFailed

Request = Mapping[str, Any]
Entry = dict[str, Any]

NO_APP = (
    "The laptop cloud runs no apps of Studio: `make notebook` opens JupyterLab with the role of "
    "a user profile."
)
DELETED = "Deleted"
# Member of CreateDomain -> the only value that this cloud supports.
_REQUIRED = {"AppNetworkAccessType": "VpcOnly", "HomeEfsFileSystemCreation": "Disabled"}


class StudioStore:
    """The domains of one region, by id, and what is in them."""

    def __init__(self, region: str) -> None:
        self._region = region
        self.domains: dict[str, Entry] = {}
        self.profiles: dict[tuple[str, str], Entry] = {}
        self.spaces: dict[tuple[str, str], Entry] = {}
        self.apps: dict[tuple[str, ...], Entry] = {}
        self.lifecycle_configs: dict[str, Entry] = {}

    def create_domain(self, request: Request) -> Entry:
        """Perform CreateDomain for a domain in a VPC, without a file system."""
        for member, value in _REQUIRED.items():
            if request.get(member) != value:
                raise ValidationFailed(
                    f"The laptop cloud supports only domains with {member} {value}."
                )
        if any(each["DomainName"] == request["DomainName"] for each in list(self.domains.values())):
            raise ResourceInUse(f"The domain {request['DomainName']} already exists.")
        identifier = f"d-{uuid.uuid4().hex[:12]}"
        entry = {
            **_without_tags(request),
            "DomainId": identifier,
            "DomainArn": self._arn("domain", identifier),
            "Url": f"https://{identifier}.studio.{self._region}.sagemaker.aws",
            **_created("InService"),
        }
        self.domains[identifier] = entry
        return entry

    def domain(self, identifier: str) -> Entry:
        """Return a domain. Raises `ResourceNotFound`."""
        return _found(self.domains, identifier, f"Domain {identifier}")

    def update_domain(self, request: Request) -> Entry:
        """Perform UpdateDomain."""
        entry = self.domain(request["DomainId"])
        settings = {"DomainSettingsForUpdate": "DomainSettings"}
        entry.update({settings.get(name, name): value for name, value in request.items()})
        entry["LastModifiedTime"] = _now()
        return entry

    def delete_domain(self, identifier: str) -> None:
        """Perform DeleteDomain. Raises `ResourceInUse` while it has profiles or spaces."""
        self.domain(identifier)
        used = [key[1] for key in (*self.profiles, *self.spaces) if key[0] == identifier]
        if used:
            raise ResourceInUse(f"Domain {identifier} still has {', '.join(used)}.")
        del self.domains[identifier]
        self.apps = {key: app for key, app in list(self.apps.items()) if key[0] != identifier}

    def create_profile(self, request: Request) -> Entry:
        """Perform CreateUserProfile."""
        key = (request["DomainId"], request["UserProfileName"])
        self.domain(key[0])
        if key in self.profiles:
            raise ResourceInUse(f"The user profile {key[1]} already exists.")
        arn = self._arn("user-profile", "/".join(key))
        self.profiles[key] = {
            **_without_tags(request),
            "UserProfileArn": arn,
            **_created("InService"),
        }
        return self.profiles[key]

    def profile(self, request: Request) -> Entry:
        """Return a user profile. Raises `ResourceNotFound`."""
        key = (request["DomainId"], request["UserProfileName"])
        return _found(self.profiles, key, f"User profile {key[1]}")

    def delete_profile(self, request: Request) -> None:
        """Perform DeleteUserProfile. Raises `ResourceInUse` while it has apps or spaces."""
        entry = self.profile(request)
        key = (request["DomainId"], request["UserProfileName"])
        owned = [
            space["SpaceName"]
            for (domain, _), space in list(self.spaces.items())
            if domain == key[0]
            and space.get("OwnershipSettings", {}).get("OwnerUserProfileName") == key[1]
        ]
        if owned:
            raise ResourceInUse(f"{entry['UserProfileArn']} still has {', '.join(owned)}.")
        del self.profiles[key]

    def create_space(self, request: Request) -> Entry:
        """Perform CreateSpace."""
        key = (request["DomainId"], request["SpaceName"])
        self.domain(key[0])
        if key in self.spaces:
            raise ResourceInUse(f"The space {key[1]} already exists.")
        arn = self._arn("space", "/".join(key))
        self.spaces[key] = {
            **_without_tags(request),
            "SpaceArn": arn,
            **_created("InService"),
        }
        return self.spaces[key]

    def space(self, request: Request) -> Entry:
        """Return a space. Raises `ResourceNotFound`."""
        key = (request["DomainId"], request["SpaceName"])
        return _found(self.spaces, key, f"Space {key[1]}")

    def delete_space(self, request: Request) -> None:
        """Perform DeleteSpace. Raises `ResourceInUse` while it has an app."""
        self.space(request)
        key = (request["DomainId"], request["SpaceName"])
        if any(
            app[:2] == key and each["Status"] != DELETED for app, each in list(self.apps.items())
        ):
            raise ResourceInUse(f"Space {key[1]} still has an app.")
        del self.spaces[key]

    def create_app(self, request: Request) -> Entry:
        """Perform CreateApp: the app fails at once, because none runs here."""
        key = _app_key(request)
        self.space(request)
        self.apps[key] = {
            **_without_tags(request),
            "AppArn": self._arn("app", "/".join(key)),
            "FailureReason": NO_APP,
            **_created("Failed"),
        }
        return self.apps[key]

    def app(self, request: Request) -> Entry:
        """Return an app. Raises `ResourceNotFound`."""
        return _found(self.apps, _app_key(request), f"App {request['AppName']}")

    def delete_app(self, request: Request) -> None:
        """Perform DeleteApp. The app is listed as deleted."""
        self.app(request)["Status"] = DELETED

    def create_lifecycle_config(self, request: Request) -> Entry:
        """Perform CreateStudioLifecycleConfig. Its content cannot change."""
        name = request["StudioLifecycleConfigName"]
        if name in self.lifecycle_configs:
            raise ResourceInUse(f"The lifecycle configuration {name} already exists.")
        self.lifecycle_configs[name] = {
            **_without_tags(request),
            "StudioLifecycleConfigArn": self._arn("studio-lifecycle-config", name),
            "CreationTime": _now(),
            "LastModifiedTime": _now(),
        }
        return self.lifecycle_configs[name]

    def lifecycle_config(self, name: str) -> Entry:
        """Return a lifecycle configuration. Raises `ResourceNotFound`."""
        return _found(self.lifecycle_configs, name, f"Lifecycle configuration {name}")

    def delete_lifecycle_config(self, name: str) -> None:
        """Perform DeleteStudioLifecycleConfig. Raises `ResourceInUse` if a domain uses it."""
        arn = self.lifecycle_config(name)["StudioLifecycleConfigArn"]
        if any(arn in str(domain) for domain in list(self.domains.values())):
            raise ResourceInUse(f"{arn} is used by a domain.")
        del self.lifecycle_configs[name]

    def _arn(self, kind: str, name: str) -> str:
        return f"arn:aws:sagemaker:{self._region}:{ACCOUNT_ID}:{kind}/{name}"


def _app_key(request: Request) -> tuple[str, ...]:
    if "SpaceName" not in request:
        raise ValidationFailed("The laptop cloud supports only apps in a space: name SpaceName.")
    return tuple(request[name] for name in ("DomainId", "SpaceName", "AppType", "AppName"))


def _found(entries: Mapping[Any, Entry], key: Any, what: str) -> Entry:
    if key not in entries:
        raise ResourceNotFound(f"{what} does not exist.")
    return entries[key]


def _without_tags(request: Request) -> Entry:
    return {name: value for name, value in request.items() if name != "Tags"}


def _created(status: str) -> Entry:
    return {"Status": status, "CreationTime": _now(), "LastModifiedTime": _now()}


def _now() -> datetime:
    return datetime.now(UTC)
