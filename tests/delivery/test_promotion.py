"""`promote` copies a version between two laptop clouds, with the roles of the templates."""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.application.environments import FIXED
from tests.application.promotion import PROVIDING, RECEIVING
from tests.integration.laptop import Laptop, started
from tests.synthesis import synthesise

pytestmark = pytest.mark.laptop

# The resources of the templates that a promotion needs; no job runs and no function is called.
KINDS = {
    "data": ("AWS::KMS::Key", "AWS::S3::Bucket", "AWS::S3::BucketPolicy"),
    "demand": ("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::SageMaker::ModelPackageGroup"),
}
MODEL = b"the model that was evaluated"
RUN = "kept/demand/abcdefghijkl"
REPORT = "reports/demand/abcdefghijkl/report.html"
FILES = {
    f"{RUN}/Train/model/job/output/model.tar.gz": MODEL,
    f"{RUN}/Evaluate/evaluation/evaluation.json": b'{"metrics": 1}',
    f"{RUN}/CheckData/contract/profile.json": b'{"rows": 2}',
    REPORT: b"<html></html>",
}


@dataclass(frozen=True)
class Registry:
    """The lake and the registry of an environment on a laptop cloud of its own."""

    laptop: Laptop
    name: str

    @property
    def group(self):
        return f"redline-{self.name}-demand"

    @property
    def lake(self):
        return self.laptop.output(f"redline-{self.name}-data", "LakeBucketName")

    def write(self, files):
        for key, content in files.items():
            self.laptop.client("s3").put_object(Bucket=self.lake, Key=key, Body=content)

    def register(self, status="Approved", **changes):
        """Register a version whose files exist. Return its number."""

        def uri(key):
            return f"s3://{self.lake}/{key}"

        model, evaluation, profile, report = map(uri, FILES)
        properties = {
            "execution_id": "abcdefghijkl",
            "model_sha256": hashlib.sha256(MODEL).hexdigest(),
            "data_profile": profile,
            "run_report": report,
        }
        container = {
            "Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0",
            "ModelDataUrl": model,
            "Environment": {"PIPELINE": self.group},
        }
        request = {
            "ModelPackageGroupName": self.group,
            "ModelApprovalStatus": status,
            "InferenceSpecification": {
                "Containers": [container],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            "ModelMetrics": {
                "ModelQuality": {
                    "Statistics": {"ContentType": "application/json", "S3Uri": evaluation}
                }
            },
            "CustomerMetadataProperties": properties,
        }
        created = self.laptop.client("sagemaker").create_model_package(**request | changes)
        return int(created["ModelPackageArn"].rpartition("/")[2])

    def versions(self):
        return self.laptop.packages(self.group)

    def describe(self, arn):
        return self.laptop.client("sagemaker").describe_model_package(ModelPackageName=arn)


@pytest.fixture(scope="module")
def registries(tmp_path_factory):
    """The providing and the receiving environment."""
    with ExitStack() as stack:
        found = []
        for environment in (PROVIDING, RECEIVING):
            folder = tmp_path_factory.mktemp(environment.name)
            laptop = stack.enter_context(started(Laptop(folder / "state")))
            create(laptop, synthesise(environment, **FIXED))
            found.append(Registry(laptop, environment.name))
        found[0].write(FILES)
        yield found


def create(laptop, made):
    """Create the stacks of the data and of the pipeline, with the resources of `KINDS`."""
    client = laptop.client("cloudformation")
    for part, kinds in KINDS.items():
        template = made.templates[part]
        resources = {
            name: {key: value for key, value in each.items() if key != "DependsOn"}
            for name, each in template["Resources"].items()
            if each["Type"] in kinds and (part == "data" or "Promotion" in name or "Group" in name)
        }
        outputs = template["Outputs"] if part == "data" else {}
        body = json.dumps({"Resources": resources, "Outputs": outputs})
        name = f"redline-{made.environment.name}-{part}"
        client.create_stack(StackName=name, TemplateBody=body)
        (stack,) = client.describe_stacks(StackName=name)["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE", stack


@pytest.fixture
def providing(registries):
    return registries[0]


@pytest.fixture
def receiving(registries):
    return registries[1]


@pytest.fixture
def promote(registries):
    providing, receiving = registries

    def run(version, *, code=0):
        options = ("--from", providing.name, "--from-state", providing.laptop.state)
        arguments = ("promote", f"demand/{version}", "--env", receiving.name, *options)
        ended = receiving.laptop.run(*arguments, "--json", code=code)
        return json.loads(ended.stdout) if code == 0 else ended.stderr

    return run


def test_a_version_arrives_with_digest_metrics_and_lineage(providing, receiving, promote):
    version = providing.register()
    promoted = promote(version)
    package = receiving.describe(promoted["arn"])
    lake = receiving.lake
    copied = f"s3://{lake}/kept/demand/promoted-abcdefghijkl"
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    assert package["CustomerMetadataProperties"] == {
        "execution_id": "abcdefghijkl",
        "model_sha256": hashlib.sha256(MODEL).hexdigest(),
        "data_profile": f"{copied}/CheckData/contract/profile.json",
        "run_report": f"{copied}/report.html",
        "promoted_from": promoted["origin"],
    }
    (container,) = package["InferenceSpecification"]["Containers"]
    assert container["ModelDataUrl"] == f"{copied}/Train/model/job/output/model.tar.gz"
    assert container["Environment"] == {"PIPELINE": receiving.group}
    statistics = package["ModelMetrics"]["ModelQuality"]["Statistics"]
    assert receiving.laptop.read(statistics["S3Uri"]) == b'{"metrics": 1}'
    assert receiving.laptop.read(container["ModelDataUrl"]) == MODEL
    assert promoted["origin"].endswith(f":model-package/{providing.group}/{version}")


def test_a_version_is_promoted_once(providing, receiving, promote):
    version = providing.register()
    first = promote(version)
    before = receiving.versions()
    again = promote(version)
    assert (again["arn"], again["is_new"]) == (first["arn"], False)
    assert receiving.versions() == before


def test_a_model_that_was_replaced_is_refused(providing, receiving, promote):
    version, before = providing.register(), receiving.versions()
    key = next(iter(FILES))
    providing.write({key: b"another model"})
    message = promote(version, code=2)
    providing.write({key: MODEL})
    assert "nothing was promoted" in message
    assert "was evaluated with" in message
    assert receiving.versions() == before


def test_a_promotion_is_repeated_after_its_version_was_deleted(providing, receiving, promote):
    """Its files are still there, and no role overwrites them."""
    version = providing.register()
    first = promote(version)
    receiving.laptop.client("sagemaker").delete_model_package(ModelPackageName=first["arn"])
    again = promote(version)
    assert (again["is_new"], again["arn"] in receiving.versions()) == (True, True)
    package = receiving.describe(again["arn"])
    assert package["CustomerMetadataProperties"]["promoted_from"] == again["origin"]


def test_a_promoted_file_is_not_replaced(providing, receiving, promote):
    promote(providing.register())
    version, before = providing.register(), receiving.versions()
    providing.write({REPORT: b"another report"})
    message = promote(version, code=2)
    providing.write({REPORT: FILES[REPORT]})
    assert "report.html exists and differs from" in message
    assert receiving.versions() == before
    copied = f"s3://{receiving.lake}/kept/demand/promoted-abcdefghijkl/report.html"
    assert receiving.laptop.read(copied) == FILES[REPORT]


@pytest.mark.parametrize("status", ["PendingManualApproval", "Rejected"])
def test_only_an_approved_version_is_promoted(providing, receiving, promote, status):
    version, before = providing.register(status), receiving.versions()
    assert f"is {status}: only an approved version is promoted" in promote(version, code=2)
    assert receiving.versions() == before


def test_a_version_that_the_endpoint_refused_is_not_promoted(providing, promote):
    digest = hashlib.sha256(MODEL).hexdigest()
    properties = {"model_sha256": digest, "deployment_refused": "rolled back"}
    version = providing.register(CustomerMetadataProperties=properties)
    assert "its endpoint refused it (rolled back)" in promote(version, code=2)


def test_a_version_without_a_digest_is_not_promoted(providing, promote):
    version = providing.register(CustomerMetadataProperties={"execution_id": "x"})
    assert "has no property model_sha256" in promote(version, code=2)


def test_files_of_another_pipeline_are_not_promoted(providing, promote):
    digest = hashlib.sha256(MODEL).hexdigest()
    other = f"s3://{providing.lake}/kept/other/x/CheckData/contract/profile.json"
    properties = {"model_sha256": digest, "data_profile": other}
    version = providing.register(CustomerMetadataProperties=properties)
    assert "only outputs of runs of demand" in promote(version, code=2)


def test_a_version_that_does_not_exist_is_an_error(promote):
    assert "cannot be read in providing" in promote(999, code=2)


def test_a_version_must_have_a_number(registries):
    _, receiving = registries
    ended = receiving.laptop.run("promote", "demand", "--from", "providing", code=None)
    assert ended.returncode != 0
    assert "PIPELINE/VERSION" in ended.stderr
