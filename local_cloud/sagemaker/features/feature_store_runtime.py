"""The Feature Store Runtime API, which moto does not have: one method per operation."""

from __future__ import annotations

import re
import sys
from types import ModuleType
from typing import Any

from moto.backend_index import backend_url_patterns
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.sagemaker.models import sagemaker_backends

from local_cloud.sagemaker.exceptions import ResourceNotFound
from local_cloud.sagemaker.features.batch_reads import batch_get
from local_cloud.sagemaker.features.exceptions import InvalidRecord, RecordsNotFound
from local_cloud.sagemaker.features.feature_group import FeatureGroup
from local_cloud.sagemaker.features.feature_group_store import FeatureGroupStore
from local_cloud.sagemaker.features.records import delete_record, get_record, put_record

SERVICE = "sagemaker-featurestore-runtime"
_NAME = "sagemakerfeaturestoreruntime"


class FeatureStoreRuntimeResponse(BaseResponse):  # type: ignore[misc]  # moto is untyped
    """moto parses requests and writes responses, with the shapes of botocore's model."""

    def __init__(self) -> None:
        super().__init__(service_name=SERVICE)
        self.automated_parameter_parsing = True

    @property
    def _features(self) -> FeatureGroupStore:
        found: FeatureGroupStore = sagemaker_backends[self.current_account][self.region].features
        return found

    def put_record(self) -> ActionResult:
        """Perform PutRecord."""
        put_record(self._group(InvalidRecord), self.params)
        self._features.start()
        return EmptyResult()

    def get_record(self) -> ActionResult:
        """Perform GetRecord."""
        return ActionResult(get_record(self._group(RecordsNotFound), self.params))

    def batch_get_record(self) -> ActionResult:
        """Perform BatchGetRecord."""
        return ActionResult(batch_get(self._features, self.params))

    def delete_record(self) -> ActionResult:
        """Perform DeleteRecord."""
        delete_record(self._group(InvalidRecord), self.params)
        self._features.start()
        return EmptyResult()

    def _group(self, unknown: type[Exception]) -> FeatureGroup:
        try:
            return self._features.find(self.params["FeatureGroupName"])
        except ResourceNotFound as error:
            raise unknown(error.message) from error


class FeatureStoreRuntimeBackend(BaseBackend):  # type: ignore[misc]  # moto is untyped
    """No data: they are in the back end of SageMaker."""

    @property
    def _url_module(self) -> ModuleType:
        return sys.modules[__name__]


url_bases = [r"https?://featurestore-runtime\.sagemaker\.(.+)\.amazonaws\.com"]
url_paths = {
    "{0}/BatchGetRecord$": FeatureStoreRuntimeResponse.dispatch,
    "{0}/FeatureGroup/(?P<FeatureGroupName>.+)$": FeatureStoreRuntimeResponse.dispatch,
}
# boto3 lists no regions for this service: it has those of SageMaker.
sagemakerfeaturestoreruntime_backends: Any = BackendDict(FeatureStoreRuntimeBackend, "sagemaker")


def install() -> None:
    """Add the service to moto's index of services. Idempotent."""
    # moto imports a service by this name when a request has one of its URLs.
    sys.modules[f"moto.{_NAME}"] = sys.modules[__name__]
    pattern = (_NAME, re.compile(url_bases[0]))
    if pattern not in backend_url_patterns:
        backend_url_patterns.append(pattern)
