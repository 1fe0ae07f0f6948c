"""The model of SageMaker's API, from botocore."""

from functools import lru_cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel


@lru_cache(maxsize=1)
def service_model() -> ServiceModel:
    """Return the service model of SageMaker. It is read from disk once."""
    return ServiceModel(Loader().load_service_model("sagemaker", "service-2"), "sagemaker")


def shape(name: str) -> Any:
    """Return the shape with this name, for example CreateProcessingJobRequest.

    The return type is Any, because the attributes of a shape (members, member, value) depend on its
    `type_name`.
    """
    return service_model().shape_for(name)
