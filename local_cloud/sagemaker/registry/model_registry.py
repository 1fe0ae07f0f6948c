"""Models and model packages: moto's, with the checks and events of the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.moto_lock import MOTO
from local_cloud.sagemaker.api.pagination import in_window, ordered
from local_cloud.sagemaker.exceptions import ValidationFailed
from local_cloud.sagemaker.jobs.s3_transfers import split_uri
from local_cloud.sagemaker.role_checks import check_role
from local_cloud.sagemaker.status_events import StatusPublisher

Request = Mapping[str, Any]


class ModelRegistry:
    """The model actions of the back end: a mixin that precedes moto's class in the bases."""

    cloud: ClassVar[Cloud]
    publisher: StatusPublisher
    _models: dict[str, Any]
    _deleted: set[str]  # ARNs of model packages
    _registered: dict[str, str]  # ClientToken -> ARN of the model package

    def create_model_from(self, request: Request) -> str:
        """Perform CreateModel. Raises `ValidationFailed` for an existing name or missing data."""
        name = request["ModelName"]
        if name in self._models:
            raise ValidationFailed(
                f'Cannot create already existing model "{self._models[name].arn}".'
            )
        role_arn = request.get("ExecutionRoleArn")
        if role_arn is None:
            raise ValidationFailed(
                f"ExecutionRoleArn of the model {name} is missing: its hosts need a role."
            )
        arn = f"arn:aws:sagemaker:{self.cloud.region}:{ACCOUNT_ID}:model/{name}"
        check_role(role_arn, source_arn=arn)
        self._check_model_data(request, role_arn=role_arn)
        with MOTO.held():
            model = self.create_model(  # type: ignore[attr-defined]  # moto's
                model_name=name,
                execution_role_arn=role_arn,
                primary_container=request.get("PrimaryContainer"),
                vpc_config=request.get("VpcConfig"),
                containers=request.get("Containers"),
                tags=request.get("Tags"),
            )
        model.enable_network_isolation = request.get("EnableNetworkIsolation", False)
        self.publisher.model_changed(model.response_object)
        return str(model.arn)

    def role_of_model(self, name: str) -> str:
        """Return the execution role of a model, for transform jobs. Raises `ValidationFailed`."""
        if name not in self._models:
            raise ValidationFailed(f'Could not find model "{name}".')
        return str(self._models[name].execution_role_arn)

    def containers_of_model(self, name: str) -> list[Request]:
        """Return the containers of a model, and those of the packages in them."""
        model = self._models.get(name)
        if model is None:
            return []
        primary = {"PrimaryContainer": model.primary_container, "Containers": model.containers}
        found = _containers(primary)
        for name in _package_names(found):
            # moto's method also returns a deleted package.
            with MOTO.held():
                package = super().describe_model_package(name)  # type: ignore[misc]  # moto's
            found += _containers(package.inference_specification or {})
        return found

    def model_summaries(self, request: Request) -> list[dict[str, Any]]:
        """Perform ListModels, before pagination."""
        found = [
            {"ModelName": name, "ModelArn": model.arn, "CreationTime": model.creation_time}
            for name, model in list(self._models.items())
            if request.get("NameContains", "").lower() in name.lower()
        ]
        wanted = [entry for entry in found if in_window(entry, request, "CreationTime")]
        return ordered(wanted, request, by={"Name": "ModelName"})

    def create_model_package(self, **request: Any) -> str:
        """Perform CreateModelPackage. The default status is PendingManualApproval.

        A request with a known ClientToken is a retry: it gets the ARN of the first request.
        """
        token = request.get("client_token")
        if token in self._registered:
            return self._registered[token]
        group = request.get("model_package_group_name")
        if group:
            request["model_package_group_name"] = group.rpartition("/")[2]
        if group and not request.get("model_approval_status"):
            request["model_approval_status"] = "PendingManualApproval"
        self._check_model_data(request.get("inference_specification") or {}, role_arn=None)
        with MOTO.held():
            arn: str = super().create_model_package(**request)  # type: ignore[misc]  # moto's
        if token:
            self._registered[token] = arn
        self._publish_package(arn)
        return arn

    def update_model_package(self, **request: Any) -> str:
        """Perform UpdateModelPackage. moto would delete the values of omitted members."""
        package = self.describe_model_package(request["model_package_arn"])
        kept = package.customer_metadata_properties or {}
        request["customer_metadata_properties"] = kept | (
            request.get("customer_metadata_properties") or {}
        )
        for member in ("model_approval_status", "approval_description"):
            request[member] = request.get(member) or getattr(package, member)
        with MOTO.held():
            arn: str = super().update_model_package(**request)  # type: ignore[misc]  # moto's
        self._publish_package(arn)
        return arn

    def delete_model_package(self, name: str) -> None:
        """Perform DeleteModelPackage, which moto does not have, by name or ARN.

        moto counts a group's packages to number the next one. A deleted package is therefore only
        hidden, so that no version number is used twice.
        """
        self._deleted.add(self.describe_model_package(name).arn)

    def describe_model_package(self, model_package_name: str) -> Any:
        """Perform DescribeModelPackage. Raises an error for a deleted package."""
        with MOTO.held():
            package = super().describe_model_package(model_package_name)  # type: ignore[misc]  # moto's
        if package.arn in self._deleted:
            raise ValidationFailed(f"Model package {model_package_name} not found")
        return package

    def list_model_packages(self, **request: Any) -> tuple[list[Any], str | None]:
        """ListModelPackages, without deleted packages. A page may have fewer than MaxResults."""
        found, token = super().list_model_packages(**request)  # type: ignore[misc]  # moto's
        return [package for package in found if package.arn not in self._deleted], token

    def _publish_package(self, arn: str) -> None:
        package = self.describe_model_package(arn)
        self.publisher.package_changed(package.gen_response_object())

    def _packaged_data(self, request: Request) -> Iterator[str]:
        """Yield the model data of the packages in containers. Raises `ValidationFailed`."""
        for name in _package_names(_containers(request)):
            package = self.describe_model_package(name)
            yield from _model_data(package.inference_specification or {})

    def _check_model_data(self, request: Request, *, role_arn: str | None) -> None:
        client = self.cloud.client("s3", role_arn=role_arn)
        for uri in [*_model_data(request), *self._packaged_data(request)]:
            bucket, key = split_uri(uri)
            try:
                client.head_object(Bucket=bucket, Key=key)
            except ClientError as error:
                raise ValidationFailed(
                    f"Could not access model data at {uri}: {error}. The object must exist and "
                    "the role must be allowed to read it (s3:GetObject)."
                ) from error


def _model_data(request: Request) -> Iterator[str]:
    for container in _containers(request):
        if container.get("ModelDataUrl"):
            yield container["ModelDataUrl"]


def _package_names(containers: list[Request]) -> list[str]:
    named = (container.get("ModelPackageName") for container in containers)
    return [name for name in named if name]


def _containers(request: Request) -> list[Request]:
    primary = request.get("PrimaryContainer")
    return [*(request.get("Containers") or []), *([primary] if primary else [])]
