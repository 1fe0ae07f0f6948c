"""The SageMaker API actions for Studio."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.models import sagemaker_backends

from local_cloud.sagemaker.api.pagination import paged
from local_cloud.sagemaker.studio.studio_store import StudioStore


class StudioActions:
    """A mixin for the responses of the SageMaker API."""

    # These methods and attributes are defined by moto's responses.
    current_account: str
    region: str
    params: Mapping[str, Any]

    def create_domain(self) -> ActionResult:
        """Perform CreateDomain."""
        made = self._studio.create_domain(self.params)
        return ActionResult({name: made[name] for name in ("DomainId", "DomainArn", "Url")})

    def describe_domain(self) -> ActionResult:
        """Perform DescribeDomain."""
        return ActionResult(self._studio.domain(self.params["DomainId"]))

    def update_domain(self) -> ActionResult:
        """Perform UpdateDomain."""
        return ActionResult({"DomainArn": self._studio.update_domain(self.params)["DomainArn"]})

    def list_domains(self) -> ActionResult:
        """Perform ListDomains."""
        return self._studio_page("Domains", self._studio.domains.values())

    def delete_domain(self) -> ActionResult:
        """Perform DeleteDomain."""
        self._studio.delete_domain(self.params["DomainId"])
        return EmptyResult()

    def create_user_profile(self) -> ActionResult:
        """Perform CreateUserProfile."""
        made = self._studio.create_profile(self.params)
        return ActionResult({"UserProfileArn": made["UserProfileArn"]})

    def describe_user_profile(self) -> ActionResult:
        """Perform DescribeUserProfile."""
        return ActionResult(self._studio.profile(self.params))

    def list_user_profiles(self) -> ActionResult:
        """Perform ListUserProfiles."""
        return self._studio_page("UserProfiles", self._studio.profiles.values())

    def delete_user_profile(self) -> ActionResult:
        """Perform DeleteUserProfile."""
        self._studio.delete_profile(self.params)
        return EmptyResult()

    def create_space(self) -> ActionResult:
        """Perform CreateSpace."""
        return ActionResult({"SpaceArn": self._studio.create_space(self.params)["SpaceArn"]})

    def describe_space(self) -> ActionResult:
        """Perform DescribeSpace."""
        return ActionResult(self._studio.space(self.params))

    def list_spaces(self) -> ActionResult:
        """Perform ListSpaces."""
        return self._studio_page("Spaces", self._studio.spaces.values())

    def delete_space(self) -> ActionResult:
        """Perform DeleteSpace."""
        self._studio.delete_space(self.params)
        return EmptyResult()

    def create_app(self) -> ActionResult:
        """Perform CreateApp."""
        return ActionResult({"AppArn": self._studio.create_app(self.params)["AppArn"]})

    def describe_app(self) -> ActionResult:
        """Perform DescribeApp."""
        return ActionResult(self._studio.app(self.params))

    def list_apps(self) -> ActionResult:
        """Perform ListApps."""
        return self._studio_page("Apps", self._studio.apps.values())

    def delete_app(self) -> ActionResult:
        """Perform DeleteApp."""
        self._studio.delete_app(self.params)
        return EmptyResult()

    def create_studio_lifecycle_config(self) -> ActionResult:
        """Perform CreateStudioLifecycleConfig."""
        made = self._studio.create_lifecycle_config(self.params)
        return ActionResult({"StudioLifecycleConfigArn": made["StudioLifecycleConfigArn"]})

    def describe_studio_lifecycle_config(self) -> ActionResult:
        """Perform DescribeStudioLifecycleConfig."""
        name = self.params["StudioLifecycleConfigName"]
        return ActionResult(self._studio.lifecycle_config(name))

    def list_studio_lifecycle_configs(self) -> ActionResult:
        """Perform ListStudioLifecycleConfigs."""
        found = self._studio.lifecycle_configs.values()
        return ActionResult(paged(list(found), self.params, result="StudioLifecycleConfigs"))

    def delete_studio_lifecycle_config(self) -> ActionResult:
        """Perform DeleteStudioLifecycleConfig."""
        self._studio.delete_lifecycle_config(self.params["StudioLifecycleConfigName"])
        return EmptyResult()

    def _studio_page(self, result: str, entries: Iterable[Mapping[str, Any]]) -> ActionResult:
        """Return a page of the entries of the requested domain, or of all domains."""
        wanted = self.params.get("DomainIdEquals")
        found = [dict(each) for each in entries if wanted in (None, each["DomainId"])]
        return ActionResult(paged(found, self.params, result=result))

    @property
    def _studio(self) -> StudioStore:
        found: StudioStore = sagemaker_backends[self.current_account][self.region].studio
        return found
