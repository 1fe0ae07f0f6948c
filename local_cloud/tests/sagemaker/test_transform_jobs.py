"""Transform jobs through boto3: the requests to the model and the outputs."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud.tests.sagemaker.conftest import wait_until

IMAGE = "registry.example/sagemaker-scikit-learn:1.9-0-cpu-py3"
# The model returns the sum of each row, records each request, and fails or waits if a row requests
# it.
INFERENCE = """
import json, os, time

def model_fn(folder):
    return {"requests": 0, "tries": {}}

def input_fn(body, content_type):
    text = body.decode() if isinstance(body, bytes) else body
    return text, content_type

def predict_fn(data, model):
    text, content_type = data
    model["requests"] += 1
    print("request", json.dumps(text), content_type, os.environ.get("SAGEMAKER_BATCH"))
    for order in text.split("\\n"):
        if order.startswith("sleep"):
            time.sleep(float(order.split(",")[1]))
        if order.startswith("fail"):
            raise ValueError(order)
        if order.startswith("once"):
            tries = model["tries"].setdefault(order, 0)
            model["tries"][order] += 1
            if not tries:
                raise ValueError(order)
        if order.startswith("refuse"):
            return "refuse"
        if order.startswith("silent"):
            return []
    if content_type.startswith("application/json"):
        return [json.dumps({"total": sum(json.loads(line).values())}) for line in text.split("\\n")]
    return [str(sum(float(n) for n in line.split(",")[-2:] if n.replace(".", "").isdigit()))
            for line in text.split("\\n")]

def output_fn(rows, accept):
    if rows == "refuse":
        return refused
    return "".join(f"{row}\\n" for row in rows), accept

def refused(environment, start_response):
    start_response("400 Bad Request", [("Content-Type", "text/plain")])
    return [b"row 1, column venueid: 'x' is not a whole number"]
"""


def archive(code):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as opened:
        entry = tarfile.TarInfo("code/inference.py")
        entry.size = len(code)
        opened.addfile(entry, io.BytesIO(code.encode()))
    return packed.getvalue()


class Transforms:
    """A model in one bucket, and jobs that transform the objects under `in/` to `out/`."""

    def __init__(self, workshop, code=INFERENCE):
        self.workshop, self.sagemaker = workshop, workshop.sagemaker
        self.name = f"m-{uuid4().hex[:8]}"
        self.container = {
            "Image": IMAGE,
            "ModelDataUrl": workshop.put("model.tar.gz", archive(code)),
            "Environment": {
                "SAGEMAKER_PROGRAM": "inference.py",
                "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
            },
        }
        self.sagemaker.create_model(
            ModelName=self.name,
            ExecutionRoleArn=workshop.role,
            PrimaryContainer=self.container,
        )

    def request(self, *, source=None, output=None, filters=None, count=1, **more):
        location = {"S3DataType": "S3Prefix", "S3Uri": self.workshop.uri("in/")}
        return {
            "ModelName": self.name,
            "TransformInput": {
                "DataSource": {"S3DataSource": location},
                "ContentType": "text/csv",
                "SplitType": "Line",
                **(source or {}),
            },
            "TransformOutput": {
                "S3OutputPath": self.workshop.uri("out"),
                "Accept": "text/csv",
                "AssembleWith": "Line",
                **(output or {}),
            },
            "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": count},
            **({"DataProcessing": filters} if filters else {}),
            **more,
        }

    def start(self, **request):
        name = f"job-{uuid4().hex[:8]}"
        self.sagemaker.create_transform_job(TransformJobName=name, **self.request(**request))
        return name

    def wait(self, name):
        return wait_until(
            lambda: self.sagemaker.describe_transform_job(TransformJobName=name),
            lambda found: found["TransformJobStatus"] not in ("InProgress", "Stopping"),
        )

    def run(self, **request):
        return self.wait(self.start(**request))

    def done(self, **request):
        found = self.run(**request)
        assert found["TransformJobStatus"] == "Completed", found["FailureReason"]
        return found

    def failed(self, **request):
        found = self.run(**request)
        assert found["TransformJobStatus"] == "Failed"
        return found["FailureReason"]

    def outputs(self):
        prefix = "out/"
        return {
            key.removeprefix(prefix): self.workshop.text(key) for key in self.workshop.keys(prefix)
        }

    def lines(self, job):
        """Return the log lines of the job's instances and of its data log, by stream."""
        logs = self.workshop.logs
        group = "/aws/sagemaker/TransformJobs"
        streams = logs.describe_log_streams(
            logGroupName=group, logStreamNamePrefix=f"{job['TransformJobName']}/"
        )["logStreams"]
        return {
            name.partition("/")[2]: [
                event["message"]
                for event in logs.get_log_events(logGroupName=group, logStreamName=name)["events"]
            ]
            for name in (stream["logStreamName"] for stream in streams)
        }

    def requests(self, job):
        """Return the bodies that all instances of the model received, in order."""
        found = []
        for stream, lines in self.lines(job).items():
            if stream != "data-log":
                found += [line for line in lines if line.startswith("request")]
        return [json.JSONDecoder().raw_decode(line.removeprefix("request "))[0] for line in found]


@pytest.fixture
def transforms(workshop, cloud):
    workshop.logs = cloud.client("logs")
    return Transforms(workshop)


def test_every_object_has_an_output_of_its_name_with_rows_in_order(transforms):
    transforms.workshop.put("in/a.csv", "1,2\n3,4\n")
    transforms.workshop.put("in/deep/b.csv", "5,6")
    job = transforms.done()
    assert transforms.outputs() == {"a.csv.out": "3.0\n7.0\n", "deep/b.csv.out": "11.0\n"}
    assert job["TransformStartTime"] <= job["TransformEndTime"]
    assert sorted(transforms.requests(job)) == ["1,2\n3,4", "5,6"]


def test_the_job_is_described_and_listed_as_requested(transforms):
    transforms.workshop.put("in/a.csv", "1,2\n")
    job = transforms.done(Tags=[{"Key": "ModelPackage", "Value": "arn:x/3"}], MaxPayloadInMB=2)
    assert job["ModelName"] == transforms.name
    assert job["MaxPayloadInMB"] == 2
    arn = job["TransformJobArn"]
    assert arn.endswith(f":transform-job/{job['TransformJobName']}")
    client = transforms.sagemaker
    assert client.list_tags(ResourceArn=arn)["Tags"] == [
        {"Key": "ModelPackage", "Value": "arn:x/3"}
    ]
    (listed,) = client.list_transform_jobs(NameContains=job["TransformJobName"])[
        "TransformJobSummaries"
    ]
    assert listed["TransformJobArn"] == arn
    assert listed["TransformJobStatus"] == "Completed"
    assert listed["TransformEndTime"] == job["TransformEndTime"]


def test_a_manifest_names_the_objects(transforms):
    for name in "abc":
        transforms.workshop.put(f"in/{name}.csv", "1,1\n")
    manifest = json.dumps([{"prefix": transforms.workshop.uri("in/")}, "a.csv", "c.csv"])
    uri = transforms.workshop.put("list.manifest", manifest)
    location = {"S3DataType": "ManifestFile", "S3Uri": uri}
    transforms.done(source={"DataSource": {"S3DataSource": location}})
    assert set(transforms.outputs()) == {"a.csv.out", "c.csv.out"}


def test_the_model_sees_filtered_rows_and_answers_join_whole_rows(transforms):
    transforms.workshop.put("in/a.csv", 'k1,1,2\n"k,2",3,4\n')
    job = transforms.done(filters={"InputFilter": "$[1:]", "JoinSource": "Input"})
    assert transforms.requests(job) == ["1,2\n3,4"]
    assert transforms.outputs() == {"a.csv.out": 'k1,1,2,3.0\n"k,2",3,4,7.0\n'}


@pytest.mark.parametrize(
    ("kept", "row"),
    [("$[0,-1]", "k1,3.0"), ("$[0,2:]", "k1,2,3.0"), ("$[-1]", "3.0"), ("$[:2]", "k1,1")],
)
def test_the_output_filter_selects_a_part_of_the_joined_row(transforms, kept, row):
    transforms.workshop.put("in/a.csv", "k1,1,2\n")
    filters = {"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": kept}
    transforms.done(filters=filters)
    assert transforms.outputs() == {"a.csv.out": f"{row}\n"}


def test_json_lines_are_filtered_and_joined_by_name(transforms):
    rows = [{"id": "k1", "features": {"a": 1, "b": 2}}, {"id": "k2", "features": {"a": 3}}]
    transforms.workshop.put("in/a.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    transforms.done(
        source={"ContentType": "application/jsonlines"},
        output={"Accept": "application/jsonlines"},
        filters={
            "InputFilter": "$.features",
            "JoinSource": "Input",
            "OutputFilter": "$['id','SageMakerOutput']",
        },
    )
    written = [json.loads(line) for line in transforms.outputs()["a.jsonl.out"].splitlines()]
    assert written == [
        {"id": "k1", "SageMakerOutput": {"total": 3}},
        {"id": "k2", "SageMakerOutput": {"total": 3}},
    ]


def test_single_record_sends_one_record_per_request(transforms):
    transforms.workshop.put("in/a.csv", "1,2\n3,4\n5,6\n")
    job = transforms.done(BatchStrategy="SingleRecord")
    assert transforms.requests(job) == ["1,2", "3,4", "5,6"]
    assert transforms.outputs() == {"a.csv.out": "3.0\n7.0\n11.0\n"}


def test_multi_record_fills_the_payload(transforms):
    row = "0" * 400_000 + ",1"
    transforms.workshop.put("in/a.csv", f"{row}\n" * 5)
    job = transforms.done(BatchStrategy="MultiRecord", MaxPayloadInMB=1)
    (instance,) = (lines for name, lines in transforms.lines(job).items() if name != "data-log")
    assert len([line for line in instance if line.startswith("request")]) == 3
    assert transforms.outputs() == {"a.csv.out": "1.0\n" * 5}


def test_concurrent_requests_keep_the_order(transforms):
    transforms.workshop.put("in/a.csv", "sleep,0.5\n1,2\n3,4\n5,6\n")
    transforms.done(
        BatchStrategy="SingleRecord", MaxConcurrentTransforms=4, filters={"JoinSource": "Input"}
    )
    assert transforms.outputs() == {"a.csv.out": "sleep,0.5,0.5\n1,2,3.0\n3,4,7.0\n5,6,11.0\n"}


def test_gzipped_objects_are_unpacked(transforms):
    transforms.workshop.put("in/a.csv.gz", gzip.compress(b"1,2\n"))
    transforms.done(source={"CompressionType": "Gzip"})
    assert transforms.outputs() == {"a.csv.gz.out": "3.0\n"}


def test_objects_are_distributed_to_instances(transforms):
    for number in range(3):
        transforms.workshop.put(f"in/{number}.csv", f"{number},0\n")
    job = transforms.done(count=2)
    assert transforms.outputs() == {f"{n}.csv.out": f"{n}.0\n" for n in range(3)}
    instances = {
        frozenset(line.split('"')[1] for line in lines if line.startswith("request"))
        for name, lines in transforms.lines(job).items()
        if name != "data-log"
    }
    assert instances == {frozenset({"0,0", "2,0"}), frozenset({"1,0"})}


def test_a_header_is_sent_as_a_row(transforms):
    transforms.workshop.put("in/a.csv", "x,y\n1,2\n")
    job = transforms.done()
    assert transforms.requests(job) == ["x,y\n1,2"]


def test_an_object_that_is_not_split_is_one_request(transforms):
    transforms.workshop.put("in/a.csv", "1,2\n3,4")
    job = transforms.done(source={"SplitType": "None"}, output={"AssembleWith": "None"})
    assert transforms.requests(job) == ["1,2\n3,4"]
    assert transforms.outputs() == {"a.csv.out": "3.0\n7.0\n"}


def test_an_empty_object_has_an_empty_output(transforms):
    transforms.workshop.put("in/a.csv", "")
    transforms.done()
    assert transforms.outputs() == {"a.csv.out": ""}


def test_a_refusal_of_the_model_fails_the_job_with_file_and_reason(transforms):
    transforms.workshop.put("in/a.csv", "1,2\n")
    transforms.workshop.put("in/b.csv", "refuse,1\n")
    transforms.workshop.put("in/c.csv", "3,4\n")
    job = transforms.run()
    assert job["TransformJobStatus"] == "Failed"
    assert job["FailureReason"] == (
        f"ClientError: {transforms.workshop.bucket}/in/b.csv: Bad HTTP status received from "
        "algorithm: 400. Message: row 1, column venueid: 'x' is not a whole number. See job logs "
        "for more information"
    )
    # The other objects have their outputs.
    assert set(transforms.outputs()) == {"a.csv.out", "c.csv.out"}
    settings, failure = transforms.lines(job)["data-log"]
    assert settings.endswith(
        "[sagemaker logs]: MaxConcurrentTransforms=1, MaxPayloadInMB=6, BatchStrategy=MULTI_RECORD"
    )
    assert f"[sagemaker logs]: {transforms.workshop.bucket}/in/b.csv: ClientError: Bad" in failure
    assert len(transforms.requests(job)) == 3  # A rejected request is not retried.


def test_a_server_error_of_the_model_is_retried(transforms):
    transforms.workshop.put("in/a.csv", "once,1\n")
    job = transforms.done(ModelClientConfig={"InvocationsMaxRetries": 1})
    assert len(transforms.requests(job)) == 2
    assert transforms.outputs() == {"a.csv.out": "1.0\n"}


def test_a_permanent_server_error_fails_the_job(transforms):
    transforms.workshop.put("in/a.csv", "fail,1\n")
    job = transforms.run(ModelClientConfig={"InvocationsMaxRetries": 1})
    assert "AlgorithmError: " in job["FailureReason"]
    assert "in/a.csv: Bad HTTP status received from algorithm: 500" in job["FailureReason"]
    assert len(transforms.requests(job)) == 2
    assert transforms.outputs() == {}


def test_a_model_that_does_not_answer_fails_the_job(transforms):
    transforms.workshop.put("in/a.csv", "sleep,20\n")
    client = {"InvocationsTimeoutInSeconds": 1, "InvocationsMaxRetries": 0}
    reason = transforms.failed(ModelClientConfig=client)
    assert "in/a.csv: Unable to get response from algorithm: no answer in 1 s" in reason


@pytest.mark.parametrize(
    ("content", "request_", "expected"),
    [
        (
            "a,1\nb\n",
            {"filters": {"InputFilter": "$[1:]"}},
            "record 2: InputFilter cannot be applied: [1:] is outside of the 1 fields",
        ),
        (
            "1,2\n",
            {"filters": {"OutputFilter": "$[1]"}},
            "OutputFilter cannot be applied: [1] is outside of the 1 fields",
        ),
        (
            "silent,1\n2,2\n",
            {"filters": {"JoinSource": "Input"}},
            "the model returned 1 predictions for 2 records",
        ),
        ("1,2\n", {"source": {"CompressionType": "Gzip"}}, "not gzipped"),
        (
            "9" * 1_100_000,
            {"MaxPayloadInMB": 1},
            "record 1 has 1,100,000 bytes, more than MaxPayloadInMB 1",
        ),
    ],
)
def test_the_reason_of_an_impossible_output_names_the_file(transforms, content, request_, expected):
    transforms.workshop.put("in/a.csv", content)
    reason = transforms.failed(**request_)
    assert reason.startswith(f"ClientError: {transforms.workshop.bucket}/in/a.csv: {expected}")
    assert transforms.outputs() == {}


def test_a_job_without_objects_fails(transforms):
    assert "No S3 objects found under S3 URL" in transforms.failed()


def test_a_model_that_does_not_load_fails_the_job(workshop):
    transforms = Transforms(workshop, code="raise RuntimeError('no such weights')")
    workshop.put("in/a.csv", "1,2\n")
    reason = transforms.failed()
    assert reason.startswith("AlgorithmError: The model cannot be hosted: ")
    assert "no such weights" in reason


def test_the_model_s_role_reads_and_writes(transforms, role_with):
    """A role that can read but not write fails the job."""
    bucket = f"arn:aws:s3:::{transforms.workshop.bucket}"
    read = {
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [bucket, f"{bucket}/*"],
    }
    name = f"m-{uuid4().hex[:8]}"
    transforms.sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=role_with([read]),
        PrimaryContainer=transforms.container,
    )
    transforms.workshop.put("in/a.csv", "1,2\n")
    transforms.name = name
    reason = transforms.failed()
    assert "in/a.csv: its output cannot be written" in reason
    assert "s3:PutObject" in reason


def test_a_stopped_job_keeps_the_outputs_that_it_had_written(transforms):
    transforms.workshop.put("in/a.csv", "1,2\n")
    transforms.workshop.put("in/b.csv", "sleep,2\n" * 20)
    name = transforms.start(BatchStrategy="SingleRecord")
    wait_until(transforms.outputs, bool)
    transforms.sagemaker.stop_transform_job(TransformJobName=name)
    assert transforms.wait(name)["TransformJobStatus"] == "Stopped"
    assert set(transforms.outputs()) == {"a.csv.out"}


def test_a_model_from_a_model_package_predicts(transforms):
    client, group = transforms.sagemaker, f"group-{uuid4().hex[:8]}"
    client.create_model_package_group(ModelPackageGroupName=group)
    arn = client.create_model_package(
        ModelPackageGroupName=group,
        InferenceSpecification={
            "Containers": [transforms.container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        ModelApprovalStatus="Approved",
    )["ModelPackageArn"]
    transforms.name = f"m-{uuid4().hex[:8]}"
    client.create_model(
        ModelName=transforms.name,
        ExecutionRoleArn=transforms.workshop.role,
        PrimaryContainer={"ModelPackageName": arn},
    )
    transforms.workshop.put("in/a.csv", "1,2\n")
    transforms.done()
    assert transforms.outputs() == {"a.csv.out": "3.0\n"}


def test_a_model_with_an_unknown_package_is_refused(transforms):
    with pytest.raises(ClientError, match="not found"):
        transforms.sagemaker.create_model(
            ModelName=f"m-{uuid4().hex[:8]}",
            ExecutionRoleArn=transforms.workshop.role,
            PrimaryContainer={
                "ModelPackageName": "arn:aws:sagemaker:us-east-1:123456789012:model-package/none/1"
            },
        )


def test_an_unknown_model_is_refused(transforms):
    transforms.name = "no-such-model"
    with pytest.raises(ClientError, match='Could not find model "no-such-model"'):
        transforms.start()


def test_a_name_must_be_unique(transforms):
    transforms.workshop.put("in/a.csv", "1,2\n")
    job = transforms.done()
    with pytest.raises(ClientError, match="Job name must be unique"):
        transforms.sagemaker.create_transform_job(
            TransformJobName=job["TransformJobName"], **transforms.request()
        )


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            {"source": {"SplitType": "RecordIO"}},
            "TransformInput.SplitType RecordIO is not supported here; use None or Line",
        ),
        (
            {"DataCaptureConfig": {"DestinationS3Uri": "s3://a/b"}},
            "CreateTransformJob.DataCaptureConfig is not supported here",
        ),
        ({"MaxPayloadInMB": 0}, "MaxPayloadInMB 0 .* is not supported here"),
        ({"MaxPayloadInMB": 60, "MaxConcurrentTransforms": 2}, "is more than 100"),
        (
            {"filters": {"InputFilter": "$..a"}},
            "DataProcessing.InputFilter '\\$..a' is not a JSONPath",
        ),
        (
            {"filters": {"JoinSource": "Input"}, "output": {"AssembleWith": "None"}},
            "AssembleWith must be Line",
        ),
        (
            {"filters": {"JoinSource": "Input"}, "output": {"Accept": "application/jsonlines"}},
            "joins CSV with CSV",
        ),
        (
            {"filters": {"InputFilter": "$[1:]"}, "source": {"ContentType": "image/png"}},
            "ContentType 'image/png' cannot be filtered",
        ),
    ],
)
def test_unsupported_members_are_refused_by_name(transforms, request_, expected):
    with pytest.raises(ClientError, match=expected):
        transforms.start(**request_)


def test_an_unknown_instance_type_is_refused_by_name(transforms):
    request = transforms.request()
    request["TransformResources"]["InstanceType"] = "ml.p9.2xlarge"
    with pytest.raises(ClientError, match="InstanceType 'ml.p9.2xlarge' is not supported here"):
        transforms.sagemaker.create_transform_job(TransformJobName="big", **request)


def steps(transforms, **request):
    workshop = transforms.workshop
    model = {"ExecutionRoleArn": workshop.role, "PrimaryContainer": transforms.container}
    transform = transforms.request(**request)
    transform["ModelName"] = {"Get": "Steps.CreateModel.ModelName"}
    return [
        workshop.step("CreateModel", "Model", model),
        workshop.step("Transform", "Transform", transform),
    ]


def test_a_transform_step_uses_the_model_of_the_step_before(transforms):
    workshop = transforms.workshop
    workshop.put("in/a.csv", "1,2\n")
    outcome = workshop.run(workshop.pipeline(steps(transforms)))
    assert outcome.status == "Succeeded", outcome.reasons
    assert transforms.outputs() == {"a.csv.out": "3.0\n"}
    arn = outcome.steps["Transform"]["Metadata"]["TransformJob"]["Arn"]
    assert f":transform-job/pipelines-{outcome.id}-Transform-" in arn
    tags = transforms.sagemaker.list_tags(ResourceArn=arn)["Tags"]
    assert {"Key": "sagemaker:pipeline-step-name", "Value": "Transform"} in tags


def test_the_output_of_a_step_is_a_property(transforms):
    workshop = transforms.workshop
    workshop.put("in/a.csv", "1,2\n")
    uri = {"Get": "Steps.Transform.TransformOutput.S3OutputPath"}
    wrong = workshop.step(
        "Tell", "Fail", {"ErrorMessage": {"Std:Join": {"On": "", "Values": ["at ", uri]}}}
    )
    outcome = workshop.run(workshop.pipeline([*steps(transforms), wrong]))
    assert outcome.reasons["Tell"] == f"at {workshop.uri('out')}"


def test_a_step_fails_with_the_reason_of_the_job(transforms):
    workshop = transforms.workshop
    workshop.put("in/a.csv", "refuse,1\n")
    outcome = workshop.run(workshop.pipeline(steps(transforms)))
    assert outcome.status == "Failed"
    assert "in/a.csv: Bad HTTP status received from algorithm: 400" in outcome.reasons["Transform"]


def test_a_definition_with_unsupported_members_is_refused(transforms):
    wrong = steps(transforms, filters={"InputFilter": "$.."})
    with pytest.raises(ClientError, match="step Transform, .*DataProcessing.InputFilter"):
        transforms.workshop.pipeline(wrong)


def test_stopping_an_execution_stops_its_transform_job(transforms):
    workshop = transforms.workshop
    workshop.put("in/a.csv", "sleep,1\n" * 60)
    arn = workshop.start(workshop.pipeline(steps(transforms, BatchStrategy="SingleRecord")))
    wait_until(lambda: workshop.steps(arn).get("Transform", {}).get("Metadata"), bool)
    workshop.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    assert workshop.wait(arn)["PipelineExecutionStatus"] == "Stopped"
    job = workshop.steps(arn)["Transform"]["Metadata"]["TransformJob"]["Arn"].rpartition("/")[2]
    assert transforms.wait(job)["TransformJobStatus"] == "Stopped"
