"""A pipeline with EMR steps may use one cluster: that of its settings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacks.config import ConfigurationError, Pipeline
from tests.application.environments import BASIC, DAILY, ROOT
from tests.synthesis import joined, statements, synthesise


def clustered(**settings):
    pipeline = Pipeline(name="emr", schedule=DAILY, **settings)
    return replace(BASIC, pipelines=(pipeline,))


def test_the_execution_role_adds_steps_to_the_cluster_and_follows_them():
    synthesised = synthesise(clustered(emr_cluster="j-1ABCDEFGHIJKL"), root=ROOT)
    allowed = {
        tuple(statement["Action"]): [joined(each) for each in statement["Resource"]]
        for policy in synthesised.resources("emr", "AWS::IAM::Policy").values()
        for statement in statements(policy)
    }
    names = ("AddJobFlowSteps", "CancelSteps", "DescribeStep")
    jobs = tuple(f"elasticmapreduce:{name}" for name in names)
    (cluster,) = allowed[jobs]
    assert cluster.endswith(":cluster/j-1ABCDEFGHIJKL")
    (rule,) = allowed["events:DescribeRule", "events:PutRule", "events:PutTargets"]
    assert rule.endswith(":rule/SageMakerPipelineExecutionEMRStepStatusUpdateRule")
    properties = synthesised.the("emr", "AWS::SageMaker::Pipeline")
    assert "j-1ABCDEFGHIJKL" in joined(properties["PipelineDefinition"]["PipelineDefinitionBody"])


def test_a_missing_cluster_is_refused():
    with pytest.raises(ConfigurationError, match="emr.emr_cluster is ''.*j-"):
        synthesise(clustered(), root=ROOT)


def test_the_id_of_a_cluster_is_checked():
    with pytest.raises(ConfigurationError, match="the ID of an EMR cluster"):
        clustered(emr_cluster="cluster-1")
