"""Training on spot instances: an interrupted job continues from its checkpoints.

The phases: https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training-status.html
"""

from __future__ import annotations

COUNT = """
import json, pathlib, sys, time
config = json.loads(pathlib.Path("/opt/ml/input/config/checkpointconfig.json").read_text())
folder = pathlib.Path(config["LocalPath"])
found = sorted(int(path.name) for path in folder.iterdir())
start = found[-1] if found else 0
print(f"start={start};", flush=True)
for number in range(start + 1, 6):
    (folder / str(number)).write_text("x")
    if "never" in sys.argv or (number == 3 and "wait" in sys.argv):
        time.sleep(600)
pathlib.Path("/opt/ml/model/numbers").write_text(str(start))
"""
SPOT = {
    "EnableManagedSpotTraining": True,
    "StoppingCondition": {"MaxRuntimeInSeconds": 100, "MaxWaitTimeInSeconds": 200},
}
ATTEMPT = ["Starting", "Downloading", "Training"]


def request_of(workshop, *arguments, **more):
    checkpoints = {"CheckpointConfig": {"S3Uri": workshop.uri("checkpoints/run/")}}
    request = workshop.training(COUNT, **checkpoints, **more)
    algorithm = request["AlgorithmSpecification"]
    algorithm["ContainerEntrypoint"] += arguments
    algorithm["MetricDefinitions"] = [{"Name": "start", "Regex": "start=([0-9]+);"}]
    return request


def phases(found):
    return [phase["Status"] for phase in found["SecondaryStatusTransitions"]]


def test_an_interrupted_job_continues_from_its_newest_checkpoint(workshop, faults):
    faults.inject("interrupt", seconds=3)
    found = workshop.run_training(request_of(workshop, "wait", **SPOT))
    assert phases(found) == [*ATTEMPT, "Interrupted", *ATTEMPT, "Uploading", "Completed"]
    (metric,) = found["FinalMetricDataList"]
    assert metric["Value"] == 3
    assert workshop.keys("checkpoints") == [f"checkpoints/run/{number}" for number in range(1, 6)]
    assert found["BillableTimeInSeconds"] < found["TrainingTimeInSeconds"]
    assert faults.hits() == [("interrupt", "algo-1")]


def test_a_new_job_continues_from_the_same_location(workshop):
    workshop.put("checkpoints/run/4", "x")
    found = workshop.run_training(request_of(workshop))
    assert found["FinalMetricDataList"][0]["Value"] == 4
    assert found["BillableTimeInSeconds"] == found["TrainingTimeInSeconds"]


def test_instances_on_demand_are_not_interrupted(workshop, faults):
    faults.inject("interrupt", times=None)
    found = workshop.run_training(request_of(workshop))
    assert phases(found) == [*ATTEMPT, "Uploading", "Completed"]


def test_a_job_that_waits_too_long_is_stopped(workshop, faults):
    faults.inject("interrupt", times=None, seconds=0.5)
    condition = {"MaxRuntimeInSeconds": 1, "MaxWaitTimeInSeconds": 1}
    limited = SPOT | {"StoppingCondition": condition}
    found = workshop.run_training(request_of(workshop, "never", **limited))
    assert found["TrainingJobStatus"] == "Stopped"
    assert found["SecondaryStatus"] in ("MaxWaitTimeExceeded", "MaxRuntimeExceeded")
