"""SageMaker's own model of its API, from botocore."""

from functools import lru_cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel


@lru_cache(maxsize=1)
def service_model() -> ServiceModel:
    """The SageMaker service model, read from disk once."""
    return ServiceModel(Loader().load_service_model("sagemaker", "service-2"), "sagemaker")


def shape(name: str) -> Any:
    """The shape called `name`, for example CreateProcessingJobRequest.

    Any: the attributes of a shape (members, member, value) depend on its `type_name`.
    """
    return service_model().shape_for(name)
