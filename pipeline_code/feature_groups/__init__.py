"""The feature groups that a pipeline declares in its feature_groups.json."""

from pipeline_code.feature_groups.declaration import FeatureGroup, read_feature_groups
from pipeline_code.feature_groups.lock import locked_feature_groups
from pipeline_code.runtime.feature_declaration import FILE

__all__ = ["FILE", "FeatureGroup", "locked_feature_groups", "read_feature_groups"]
