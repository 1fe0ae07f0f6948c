"""Lineage of jobs, model packages and endpoints, as the service records it.

https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-auto-creation.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local_cloud.tests.sagemaker.conftest import HOSTING_CODE, IMAGE, Bench, Workshop

ABSENT = "arn:aws:sagemaker:us-east-1:123456789012:artifact/absent"
COPY = 'open("/opt/ml/processing/output/rows/a.csv", "w").write("1")'


@dataclass
class Chain:
    """Rows → training job → model → package → endpoint."""

    client: Any
    rows: str
    processing: str
    training: str
    model: str
    package: str
    endpoint: str

    def artifact(self, uri: str) -> str:
        (found,) = self.client.list_artifacts(SourceUri=uri)["ArtifactSummaries"]
        return found["ArtifactArn"]

    def component(self, job: str) -> str:
        (found,) = self.client.list_trial_components(SourceArn=job)["TrialComponentSummaries"]
        return found["TrialComponentArn"]

    def query(self, start: str, **request: Any) -> dict[str, Any]:
        return self.client.query_lineage(StartArns=[start], **request)

    def table(self, start: str) -> set[tuple[str, str, str, str]]:
        """Return the rows of LineageTableVisualizer: other end, direction, type, association."""
        into = self.client.list_associations(DestinationArn=start)["AssociationSummaries"]
        out = self.client.list_associations(SourceArn=start)["AssociationSummaries"]
        rows = [("Input", "Source", each) for each in into]
        rows += [("Output", "Destination", each) for each in out]
        return {
            (self.shown(each, end), direction, each[f"{end}Type"], each["AssociationType"])
            for direction, end, each in rows
        }

    def shown(self, association: dict[str, Any], end: str) -> str:
        if f"{end}Name" in association:
            return association[f"{end}Name"]
        arn = association[f"{end}Arn"]
        return self.client.describe_artifact(ArtifactArn=arn)["Source"]["SourceUri"]


def made(bench: Bench) -> Chain:
    """Run the chain."""
    workshop, client = bench.workshop, bench.client
    rows = workshop.uri(f"rows/{uuid4().hex}")
    processed = workshop.run_processing(workshop.processing(COPY, outputs={"rows": rows}))
    trained = workshop.run_training(workshop.training(_training(bench), channels={"train": rows}))
    model = trained["ModelArtifacts"]["S3ModelArtifacts"]
    group = f"group-{uuid4().hex[:8]}"
    client.create_model_package_group(ModelPackageGroupName=group)
    container = {
        "Image": IMAGE,
        "ModelDataUrl": model,
        "Environment": {
            "SAGEMAKER_PROGRAM": "inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
        },
    }
    package = client.create_model_package(
        ModelPackageGroupName=group,
        InferenceSpecification={"Containers": [container], "SupportedContentTypes": ["text/csv"]},
    )["ModelPackageArn"]
    client.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    client.create_model(
        ModelName=group,
        ExecutionRoleArn=workshop.role,
        PrimaryContainer={"ModelPackageName": package},
    )
    endpoint = bench.serving(bench.config(bench.variant(group)))
    return Chain(
        client,
        rows,
        processed["ProcessingJobArn"],
        trained["TrainingJobArn"],
        model,
        package,
        bench.describe(endpoint)["EndpointArn"],
    )


def _training(bench: Bench) -> str:
    files = {"code/inference.py": HOSTING_CODE, "name.txt": "a"}
    return (
        "import pathlib\n"
        f"for name, text in {files!r}.items():\n"
        "    path = pathlib.Path('/opt/ml/model') / name\n"
        "    path.parent.mkdir(exist_ok=True)\n"
        "    path.write_text(text)\n"
    )


@pytest.fixture(scope="module")
def chain(cloud, sagemaker, s3, role):
    bucket = f"test-{uuid4().hex[:12]}"
    s3.create_bucket(Bucket=bucket)
    workshop = Workshop(sagemaker=sagemaker, s3=s3, bucket=bucket, role=role)
    bench = Bench(workshop, cloud.client("sagemaker-runtime"), None)
    yield made(bench)
    bench.clear()


def test_a_job_has_its_image_inputs_and_outputs(chain):
    start = chain.component(chain.processing)
    described = chain.client.describe_trial_component(TrialComponentName=start.split("/")[-1])
    assert described["Source"] == {
        "SourceArn": chain.processing,
        "SourceType": "SageMakerProcessingJob",
    }
    assert described["TrialComponentName"].endswith("-aws-processing-job")
    table = chain.table(start)
    assert (IMAGE, "Input", "Image", "ContributedTo") in table
    assert (chain.rows, "Output", "DataSet", "Produced") in table
    assert len(table) == 3  # and the code

    table = chain.table(chain.component(chain.training))
    assert (IMAGE, "Input", "Image", "ContributedTo") in table
    assert (chain.rows, "Input", "DataSet", "ContributedTo") in table
    assert (chain.model, "Output", "Model", "Produced") in table


def test_a_package_has_its_containers_its_group_and_its_approvals(chain):
    group = chain.package.split("/")[1]
    assert chain.table(chain.artifact(chain.package)) == {
        (chain.model, "Input", "Model", "ContributedTo"),
        (IMAGE, "Input", "Image", "ContributedTo"),
        (
            f"{group}-1-PendingManualApproval-aws-model-package",
            "Input",
            "Approval",
            "ContributedTo",
        ),
        (f"{group}-1-Approved-aws-model-package", "Input", "Approval", "ContributedTo"),
        (f"{group}-aws-model-package-group", "Output", "ModelGroup", "AssociatedWith"),
        (deployment(chain)["ActionName"], "Output", "ModelDeployment", "ContributedTo"),
    }


def deployment(chain):
    listed = chain.client.list_actions(SourceUri=chain.endpoint, ActionType="ModelDeployment")
    (found,) = listed["ActionSummaries"]
    return found


def test_an_endpoint_has_its_deployment_and_its_models(chain):
    (context,) = chain.client.list_contexts(SourceUri=chain.endpoint)["ContextSummaries"]
    assert context["ContextType"] == "Endpoint"
    action = deployment(chain)
    assert action["Status"] == "Completed"
    assert chain.table(context["ContextArn"]) == {
        (action["ActionName"], "Input", "ModelDeployment", "AssociatedWith")
    }
    assert {row[0] for row in chain.table(action["ActionArn"]) if row[1] == "Input"} == {
        *(chain.model, chain.package, IMAGE)
    }
    assert chain.client.describe_action(ActionName=action["ActionName"])["Source"] == {
        "SourceUri": chain.endpoint,
        "SourceType": "ARN",
    }
    named = chain.client.describe_context(ContextName=context["ContextName"])
    assert named["ContextArn"] == context["ContextArn"]


def test_the_ascendants_of_an_endpoint_are_all_that_it_was_made_from(chain):
    (context,) = chain.client.list_contexts(SourceUri=chain.endpoint)["ContextSummaries"]
    found = chain.query(context["ContextArn"], Direction="Ascendants", MaxResults=50)
    arns = {vertex["Arn"] for vertex in found["Vertices"]}
    wanted = {chain.component(chain.processing), chain.component(chain.training)}
    wanted |= {chain.artifact(uri) for uri in (chain.rows, chain.model, chain.package)}
    assert wanted <= arns
    assert {
        end for edge in found["Edges"] for end in (edge["SourceArn"], edge["DestinationArn"])
    } == arns

    only = {"Types": ["TrainingJob"], "LineageTypes": ["TrialComponent"]}
    found = chain.query(context["ContextArn"], Direction="Ascendants", Filters=only)
    assert found["Vertices"] == [
        {
            "Arn": chain.component(chain.training),
            "Type": "TrainingJob",
            "LineageType": "TrialComponent",
        }
    ]
    assert found["Edges"] == []


def test_the_descendants_of_rows_include_the_endpoint(chain):
    found = chain.query(
        chain.artifact(chain.rows), Direction="Descendants", Filters={"Types": ["Endpoint"]}
    )
    assert len(found["Vertices"]) == 1
    near = chain.query(chain.artifact(chain.rows), Direction="Descendants", MaxDepth=1)
    assert {vertex["Type"] for vertex in near["Vertices"]} == {"DataSet", "TrainingJob"}


def test_pages_of_a_query_have_each_vertex_and_each_edge_once(chain):
    whole = chain.query(chain.artifact(chain.package), MaxResults=50)
    pages, token = [], {}
    while not pages or token:
        pages.append(chain.query(chain.artifact(chain.package), MaxResults=2, **token))
        token = {"NextToken": pages[-1]["NextToken"]} if "NextToken" in pages[-1] else {}
    for member in ("Vertices", "Edges"):
        rows = [row for page in pages for row in page[member]]
        assert sorted(map(str, rows)) == sorted(map(str, whole[member]))


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        ("describe_artifact", {"ArtifactArn": ABSENT}, "ResourceNotFound"),
        ("describe_action", {"ActionName": "no"}, "ResourceNotFound"),
        ("describe_context", {"ContextName": "no"}, "ResourceNotFound"),
        ("describe_trial_component", {"TrialComponentName": "no"}, "ResourceNotFound"),
        ("query_lineage", {}, "ValidationException"),
        ("query_lineage", {"StartArns": ["a"], "MaxDepth": 11}, "ValidationException"),
        ("query_lineage", {"StartArns": [ABSENT]}, "ResourceNotFound"),
    ],
)
def test_what_does_not_exist_is_an_error(sagemaker, operation, request_, code):
    with pytest.raises(ClientError) as raised:
        getattr(sagemaker, operation)(**request_)
    assert raised.value.response["Error"]["Code"] == code


def test_a_role_needs_the_permission(cloud, role_with, chain):
    arn = chain.artifact(chain.package)
    allow = {"Effect": "Allow", "Action": "sagemaker:DescribeArtifact", "Resource": arn}
    client = cloud.client("sagemaker", role_arn=role_with([allow]))
    assert client.describe_artifact(ArtifactArn=arn)["ArtifactArn"] == arn
    for call, request in (
        (client.describe_artifact, {"ArtifactArn": chain.artifact(chain.model)}),
        (client.query_lineage, {"StartArns": [arn]}),
        (client.list_artifacts, {}),
    ):
        with pytest.raises(ClientError, match="is not authorized to perform: sagemaker:"):
            call(**request)
