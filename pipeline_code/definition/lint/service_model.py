"""SageMaker's own model of its API, as botocore ships it."""

from functools import lru_cache

from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape


@lru_cache(maxsize=1)
def service_model() -> ServiceModel:
    """The SageMaker service model; read from disk once."""
    return ServiceModel(Loader().load_service_model("sagemaker", "service-2"), "sagemaker")


def shape(name: str) -> Shape:
    """The shape called `name`, for example CreateProcessingJobRequest."""
    return service_model().shape_for(name)
