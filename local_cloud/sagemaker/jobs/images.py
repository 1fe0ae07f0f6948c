"""The container images that this interpreter stands for."""

from __future__ import annotations

# Both framework images hold CPython with scikit-learn or XGBoost: this environment has both.
SUPPORTED_REPOSITORIES = frozenset({"sagemaker-scikit-learn", "sagemaker-xgboost"})


def repository_of(image_uri: str) -> str:
    """The repository's name in an image URI: `host/name:tag` or `host/name@digest` gives `name`."""
    return image_uri.rpartition("/")[2].partition("@")[0].partition(":")[0]
