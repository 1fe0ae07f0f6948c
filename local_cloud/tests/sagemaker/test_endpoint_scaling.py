"""The number of a variant's processes follows its invocations."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from local_cloud.sagemaker.endpoints.scalable_targets import ScalableTarget
from local_cloud.sagemaker.endpoints.target_tracking import TargetTracking

DIMENSION = "sagemaker:variant:DesiredInstanceCount"
POLICY = {"TargetValue": 100.0, "ScaleOutCooldown": 30, "ScaleInCooldown": 60}


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


class Course:
    """A simulated variant with a constant rate of invocations, checked every second."""

    def __init__(self, **more):
        self.clock = Clock()
        self.scaling = TargetTracking(self.clock)
        self.policy = {**POLICY, **more}
        self.count, self.asked = 1, []

    def run(self, seconds, *, per_minute):
        seen = []
        for _ in range(seconds):
            self.clock.seconds += 1
            self.asked = [*self.asked, per_minute / 60][-60:]
            target = ScalableTarget("endpoint", "AllTraffic", 1, 4, self.policy)
            self.count = self.scaling.desired_count(
                target, current=self.count, per_minute=round(sum(self.asked))
            )
            seen.append(self.count)
        return seen


def test_it_scales_out_for_the_last_minute_and_scales_in_again():
    course = Course()
    assert course.run(60, per_minute=90)[-1] == 1
    assert course.run(90, per_minute=290)[-1] == 3
    assert course.run(70, per_minute=290)[-1] == 3
    assert course.run(130, per_minute=50)[-1] == 1


def test_it_stays_between_minimum_and_maximum_capacity():
    assert Course().run(180, per_minute=100_000)[-1] == 4
    bounded = ScalableTarget("endpoint", "AllTraffic", 2, 4, None)
    assert TargetTracking(Clock()).desired_count(bounded, current=1, per_minute=0) == 2
    assert TargetTracking(Clock()).desired_count(bounded, current=9, per_minute=0) == 4


def test_it_waits_for_the_cooldown_between_two_changes():
    course = Course(ScaleOutCooldown=1000)
    seen = course.run(300, per_minute=390)
    assert len(set(seen)) == 2  # from 1 to the count for the first seconds, and no further change


def test_it_does_not_scale_in_when_that_is_disabled_or_too_early():
    course = Course(DisableScaleIn=True)
    course.run(90, per_minute=290)
    assert course.run(200, per_minute=0)[-1] == 3


@pytest.fixture
def autoscaling(cloud):
    return cloud.client("application-autoscaling")


def target(name, variant="AllTraffic"):
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{name}/variant/{variant}",
        "ScalableDimension": DIMENSION,
    }


def tracking(value, metric="SageMakerVariantInvocationsPerInstance"):
    return {
        "TargetValue": value,
        "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
        "ScaleOutCooldown": 0,
    }


def test_an_endpoint_scales_out_with_its_load(bench, autoscaling):
    name = bench.serving(bench.config_of())
    autoscaling.register_scalable_target(MinCapacity=1, MaxCapacity=2, **target(name))
    autoscaling.put_scaling_policy(
        PolicyName="invocations",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=tracking(2.0),
        **target(name),
    )
    for _ in range(10):
        bench.ask(name)
    found = bench.workshop.until(
        lambda: bench.describe(name),
        lambda each: each["ProductionVariants"][0]["CurrentInstanceCount"] == 2,
    )
    assert found["ProductionVariants"][0]["DesiredInstanceCount"] == 2
    bench.settled(name)
    autoscaling.deregister_scalable_target(**target(name))
    assert (
        autoscaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"] == []
    )
    with pytest.raises(autoscaling.exceptions.ObjectNotFoundException):
        autoscaling.deregister_scalable_target(**target(name))


def test_unsupported_scaling_is_refused(bench, autoscaling):
    name = bench.serving(bench.config_of())
    with pytest.raises(ClientError, match="no variant in service"):
        autoscaling.register_scalable_target(MinCapacity=1, MaxCapacity=2, **target("missing"))
    with pytest.raises(ClientError, match="no variant in service"):
        autoscaling.register_scalable_target(MinCapacity=1, MaxCapacity=2, **target(name, "x"))
    with pytest.raises(ClientError, match="must be endpoint/<name>/variant/<name>"):
        autoscaling.register_scalable_target(
            MinCapacity=1, MaxCapacity=2, **target(name) | {"ResourceId": "endpoint/a/variant/b/c"}
        )
    with pytest.raises(ClientError, match="No scalable target registered"):
        autoscaling.put_scaling_policy(
            PolicyName="p",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=tracking(2.0),
            **target(name),
        )
    autoscaling.register_scalable_target(MinCapacity=1, MaxCapacity=2, **target(name))
    with pytest.raises(ClientError, match="is not supported here"):
        autoscaling.put_scaling_policy(
            PolicyName="p",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=tracking(
                2.0, "ECSServiceAverageCPUUtilization"
            ),
            **target(name),
        )
    autoscaling.deregister_scalable_target(**target(name))
