"""Custom resource that deletes what users created in a domain of Studio before the domain itself.

Apps, spaces and further user profiles belong to no stack, and a domain with them cannot be deleted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any

from botocore.exceptions import ClientError
from clients import client
from custom_resource import run_on_delete
from deadline import seconds_left

PAUSE_SECONDS = 5
DELETED = "Deleted"
ENDING = (DELETED, "Deleting")
# DeleteApp and DeleteSpace of what an earlier call deleted.
MISSING = ("ResourceNotFound",)


class NotEmptied(Exception):
    """The domain still has apps or spaces; the message says which."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle a CloudFormation request: "Delete" deletes apps, spaces and further profiles."""
    properties = event["ResourceProperties"]

    def work() -> str:
        domain = Domain(client("sagemaker"), properties["DomainId"], lambda: seconds_left(context))
        domain.empty(keep=properties["UserProfiles"])
        return "The domain has no apps and spaces"

    run_on_delete(event, physical_id=f"{properties['DomainId']}/content", work=work)


class Domain:
    """A domain of Studio. `seconds_left` returns the time that remains for deletions."""

    def __init__(self, client: Any, domain: str, seconds_left: Callable[[], float]) -> None:
        self._client = client
        self._domain = domain
        self._seconds_left = seconds_left

    def empty(self, *, keep: Collection[str]) -> None:
        """Delete all apps, then all spaces, then the user profiles that are not in `keep`.

        Raises:
            NotEmptied: there was no time left.
        """
        self._delete_all(self._apps, self._delete_app)
        self._delete_all(self._spaces, self._delete_space)
        self._delete_all(lambda: self._profiles(keep), self._delete_profile)

    def _delete_all(
        self, find: Callable[[], list[dict[str, Any]]], delete: Callable[[dict[str, Any]], object]
    ) -> None:
        """Delete what `find` returns until it returns nothing. Deletions take minutes."""
        while found := find():
            for each in found:
                if each["Status"] not in ENDING:
                    _ignoring_missing(partial(delete, each))
            if self._seconds_left() <= 0:
                names = ", ".join(map(_name, found))
                raise NotEmptied(f"{self._domain} still has {names}; delete the stack again")
            if find():
                time.sleep(PAUSE_SECONDS)

    def _apps(self) -> list[dict[str, Any]]:
        return [each for each in self._listed("list_apps", "Apps") if each["Status"] != DELETED]

    def _spaces(self) -> list[dict[str, Any]]:
        return list(self._listed("list_spaces", "Spaces"))

    def _profiles(self, keep: Collection[str]) -> list[dict[str, Any]]:
        found = self._listed("list_user_profiles", "UserProfiles")
        return [each for each in found if each["UserProfileName"] not in keep]

    def _listed(self, operation: str, member: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator(operation).paginate(DomainIdEquals=self._domain)
        for page in pages:
            yield from page[member]

    def _delete_app(self, app: dict[str, Any]) -> None:
        owner = {name: app[name] for name in ("SpaceName", "UserProfileName") if app.get(name)}
        self._client.delete_app(
            DomainId=self._domain, AppType=app["AppType"], AppName=app["AppName"], **owner
        )

    def _delete_space(self, space: dict[str, Any]) -> None:
        self._client.delete_space(DomainId=self._domain, SpaceName=space["SpaceName"])

    def _delete_profile(self, profile: dict[str, Any]) -> None:
        name = profile["UserProfileName"]
        self._client.delete_user_profile(DomainId=self._domain, UserProfileName=name)


def _ignoring_missing(delete: Callable[[], object]) -> None:
    try:
        delete()
    except ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise


def _name(found: dict[str, Any]) -> str:
    names = (found.get(name) for name in ("AppName", "SpaceName", "UserProfileName"))
    return next(str(name) for name in names if name)
