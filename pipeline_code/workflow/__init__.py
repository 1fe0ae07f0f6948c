"""Typed steps for the definitions of pipelines (needs the SageMaker SDK)."""

from pipeline_code.compiler.images import aws_image
from pipeline_code.compiler.manifest import Access
from pipeline_code.workflow.emr_resources import EmrApplication, EmrCluster
from pipeline_code.workflow.incremental import Incremental
from pipeline_code.workflow.inputs import Files, Input, athena, redshift, sharded
from pipeline_code.workflow.instances import Instances
from pipeline_code.workflow.model_card import ModelCard
from pipeline_code.workflow.parameter_ranges import categorical, continuous, integer
from pipeline_code.workflow.pipeline_builder import Pipeline
from pipeline_code.workflow.variables import Environment, MetricNamespace, Uri

__all__ = [
    "Access",
    "EmrApplication",
    "EmrCluster",
    "Environment",
    "Files",
    "Incremental",
    "Input",
    "Instances",
    "MetricNamespace",
    "ModelCard",
    "Pipeline",
    "Uri",
    "athena",
    "aws_image",
    "categorical",
    "continuous",
    "integer",
    "redshift",
    "sharded",
]
