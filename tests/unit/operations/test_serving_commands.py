"""The commands approve, reject, endpoints and predict, tested with services in memory."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local_cloud.tests.deployed_models import SageMaker, as_mapping
from operations import OperationError
from operations.commands import approve, endpoints, predict, reject, rollback
from operations.environment_clients import EnvironmentClients
from operations.models import decisions
from operations.models.endpoints import endpoint_status
from operations.models.packages import find_package

GROUP = "redline-local-one"
ARN = f"arn:aws:sagemaker:us-east-1:1:model-package/{GROUP}"


class Registry(SageMaker):
    """A registry with an endpoint that reacts to decisions as the test defines."""

    def __init__(self):
        super().__init__()
        self.follow = lambda version, status: None

    def serve(self, version, status="InService"):
        self.endpoint = {
            "EndpointArn": "endpoint/x",
            "EndpointStatus": status,
            "EndpointConfigName": f"{GROUP}-v{version}-0a1b2c3d",
            "ProductionVariants": [{"VariantName": "AllTraffic", "CurrentInstanceCount": 2}],
        }
        self.tags["endpoint/x"] = {"ModelPackage": f"{ARN}/{version}"}

    def fail(self, version, reason):
        name = f"{GROUP}-v{version}-0a1b2c3d"
        self.configs[name] = {}
        tags = [
            {"Key": "ModelPackage", "Value": f"{ARN}/{version}"},
            {"Key": "DeploymentFailed", "Value": reason},
        ]
        self.tags[f"config/{name}"] = as_mapping(tags)

    def update_model_package(self, *, ModelPackageArn, ModelApprovalStatus, **_):  # noqa: N803
        version = int(ModelPackageArn.rpartition("/")[2])
        self.statuses[version] = ModelApprovalStatus
        self.follow(version, ModelApprovalStatus)

    def list_endpoints(self, **_):
        names = [GROUP] if self.endpoint else []
        yield {"Endpoints": [{"EndpointName": name} for name in names]}

    def list_model_package_groups(self, **_):
        yield {
            "ModelPackageGroupSummaryList": [
                {"ModelPackageGroupName": name} for name in (GROUP, "redline-local-two")
            ]
        }

    def list_model_packages(self, *, ModelPackageGroupName):  # noqa: N803
        versions = self.statuses if ModelPackageGroupName == GROUP else {}
        yield {
            "ModelPackageSummaryList": [
                {"ModelPackageArn": f"{ARN}/{version}", "ModelApprovalStatus": status}
                for version, status in versions.items()
            ]
        }


class Stacks:
    """A stand-in for CloudFormation with the stack of one endpoint or without stacks."""

    def __init__(self):
        self.endpoints = [GROUP]

    def get_paginator(self, name):
        assert name == "describe_stacks"
        return self

    def paginate(self):
        outputs = [{"OutputKey": "EndpointName", "OutputValue": name} for name in self.endpoints]
        stack = {"StackName": f"{GROUP}-serving", "Outputs": outputs}
        yield {"Stacks": [stack, {"StackName": "redline-local-data"}]}


class Alarms:
    """A stand-in for CloudWatch. `on` are the names of alarms of queues in the state ALARM."""

    def __init__(self):
        self.on = []

    def get_paginator(self, name):
        assert name == "describe_alarms"
        return self

    def paginate(self, *, AlarmNamePrefix):  # noqa: N803
        assert AlarmNamePrefix == f"{GROUP}-serving-"
        alarm = {"StateValue": "ALARM", "StateUpdatedTimestamp": 0, "Namespace": "AWS/SQS"}
        yield {"MetricAlarms": [{"AlarmName": name, **alarm} for name in self.on]}


class Runtime:
    """A stand-in for the runtime API that returns 7 for every row, or an error."""

    def __init__(self):
        self.refusal = None

    def invoke_endpoint(self, *, EndpointName, Body, ContentType, Accept):  # noqa: N803
        assert (EndpointName, Accept) == (GROUP, "application/jsonlines")
        if self.refusal:
            answer = {"Error": {"Code": "ModelError", "Message": "Received client error (400)"}}
            raise ClientError({**answer, "OriginalMessage": self.refusal}, "InvokeEndpoint")
        self.asked = (Body, ContentType)
        rows = Body.splitlines()[1 if ContentType == "text/csv" else 0 :]
        return {"Body": io.BytesIO(b'{"value": 7.0}\n' * len(rows))}


class Cloud:
    """Clients of the stand-ins."""

    def __init__(self):
        self.sagemaker, self.stacks, self.runtime = Registry(), Stacks(), Runtime()
        self.alarms = Alarms()
        self.aws = EnvironmentClients("local", "us-east-1", self.client, is_laptop=True)

    def client(self, service):
        return {
            "sagemaker": self.sagemaker,
            "cloudformation": self.stacks,
            "sagemaker-runtime": self.runtime,
            "cloudwatch": self.alarms,
        }[service]


@pytest.fixture
def cloud(monkeypatch):
    monkeypatch.setattr(decisions, "_POLL_SECONDS", {True: 0.01})
    return Cloud()


@pytest.fixture
def run(cloud, capsys):
    """Run a command. Return its exit code and the printed document."""

    def call(command, *words, **options):
        code = command.run(cloud.aws, *words, as_json=True, **options)
        return code, json.loads(capsys.readouterr().out)

    return call


@pytest.mark.parametrize("name", ["one", GROUP, f"{GROUP}/2", f"{ARN}/2"])
def test_a_package_is_found_by_short_names(cloud, name):
    cloud.sagemaker.statuses = {1: "PendingManualApproval", 2: "PendingManualApproval"}
    assert find_package(cloud.aws, name).version == 2


def test_the_newest_package_with_a_status_is_found(cloud):
    cloud.sagemaker.statuses = {1: "Approved", 2: "PendingManualApproval", 3: "Rejected"}
    found = find_package(cloud.aws, "one", status="PendingManualApproval")
    assert (found.version, found.group) == (2, GROUP)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("one", "no package that is PendingManualApproval; it has: version 1 \\(Approved\\)"),
        ("one/7", "no version 7"),
        ("ne", "'ne' does not identify one model package group. Deployed to local: one, two"),
        ("two", "it has: none"),
    ],
)
def test_the_error_for_an_unknown_package_lists_existing_packages(cloud, name, expected):
    cloud.sagemaker.statuses = {1: "Approved"}
    with pytest.raises(OperationError, match=expected):
        find_package(cloud.aws, name, status="PendingManualApproval")


def test_approve_waits_until_the_package_is_in_service(cloud, run):
    cloud.sagemaker.statuses = {1: "Approved", 2: "PendingManualApproval"}
    cloud.sagemaker.serve(1)
    cloud.sagemaker.follow = lambda version, _status: cloud.sagemaker.serve(version)
    code, outcome = run(approve, "one")
    assert (code, outcome["done"]) == (0, True)
    assert outcome["package"]["status"] == "Approved"
    assert outcome["endpoint"]["package_arn"] == f"{ARN}/2"
    assert "serves version 2" in outcome["text"]


def test_approve_prints_why_a_package_could_not_be_deployed(cloud, run):
    cloud.sagemaker.statuses = {1: "Approved", 2: "PendingManualApproval"}
    cloud.sagemaker.serve(1)
    cloud.sagemaker.follow = lambda version, _status: cloud.sagemaker.fail(version, "no such file")
    code, outcome = run(approve, "one/2")
    assert code == 1
    assert "could not be deployed: no such file" in outcome["text"]
    assert "serves version 1" in outcome["text"]


def test_approve_of_an_older_package_reports_that_the_newer_one_stays(cloud, run):
    cloud.sagemaker.statuses = {1: "PendingManualApproval", 2: "Approved"}
    cloud.sagemaker.serve(2)
    code, outcome = run(approve, "one/1")
    assert code == 0
    assert "serves version 2. It keeps this version, because it is newer." in outcome["text"]


def test_an_endpoint_that_keeps_its_version_is_reported(cloud, run):
    cloud.sagemaker.statuses = {1: "Approved", 2: "PendingManualApproval"}
    cloud.sagemaker.serve(1)
    code, outcome = run(approve, "one", minutes=0)
    assert code == 1
    assert outcome["text"].startswith(f"After 0 minutes the endpoint {GROUP} is InService and ")
    assert "serves version 1" in outcome["text"]


def test_an_endpoint_that_does_not_follow_is_reported(cloud, run):
    cloud.sagemaker.statuses = {1: "PendingManualApproval"}
    code, outcome = run(approve, "one", minutes=0.005)
    assert code == 1
    assert f"After 0.005 minutes the endpoint {GROUP} does not exist" in outcome["text"]


def test_a_function_that_has_given_up_ends_the_wait(cloud, run):
    cloud.sagemaker.statuses = {1: "PendingManualApproval"}
    cloud.alarms.on = ["before"]
    cloud.sagemaker.follow = lambda _version, _status: cloud.alarms.on.append("lost-events")
    code, outcome = run(approve, "one")
    assert code == 1
    assert "has given up: the alarm lost-events is on" in outcome["text"]


def test_without_an_endpoint_approve_does_not_wait(cloud, run):
    cloud.sagemaker.statuses, cloud.stacks.endpoints = {1: "PendingManualApproval"}, []
    code, outcome = run(approve, "one")
    assert (code, outcome["text"]) == (0, f"No endpoint serves {GROUP}.")
    assert cloud.sagemaker.statuses == {1: "Approved"}


def test_reject_waits_until_another_package_is_in_service(cloud, run):
    cloud.sagemaker.statuses = {1: "Approved", 2: "Approved"}
    cloud.sagemaker.serve(2)
    cloud.sagemaker.follow = lambda _version, _status: cloud.sagemaker.serve(1)
    code, outcome = run(reject, "one")
    assert code == 0
    assert outcome["package"]["version"] == 2
    assert "serves version 1" in outcome["text"]


def test_reject_of_the_only_package_reports_that_it_stays_in_service(cloud, run):
    cloud.sagemaker.statuses = {1: "Approved", 2: "Approved"}
    cloud.sagemaker.serve(1)
    cloud.sagemaker.fail(2, "broken")
    code, outcome = run(reject, "one/1")
    assert code == 1
    assert "still in service: no other approved package" in outcome["text"]


def test_endpoints_are_listed_with_failed_packages(cloud, run):
    cloud.sagemaker.serve(3)
    cloud.sagemaker.fail(4, "broken")
    _, (listed,) = run(endpoints)
    assert listed["endpoint"] == GROUP
    assert (listed["status"], listed["instances"]) == ("InService", 2)
    assert listed["failures"] == {f"{ARN}/4": "broken"}


def test_an_approved_package_that_the_app_refused_is_a_failure(cloud, run):
    cloud.sagemaker.statuses = {3: "Approved", 4: "Approved", 5: "Rejected"}
    cloud.sagemaker.serve(3)
    for version in (4, 5):
        cloud.sagemaker.properties[version] = {"deployment_refused": "another model"}
    _, (listed,) = run(endpoints)
    assert listed["failures"] == {f"{ARN}/4": "another model"}


def test_endpoints_are_printed_as_text(cloud, capsys):
    endpoints.run(cloud.aws)
    assert f"{GROUP}: nothing approved yet" in capsys.readouterr().out
    cloud.sagemaker.serve(3)
    cloud.sagemaker.fail(4, "broken")
    endpoints.run(cloud.aws)
    shown = capsys.readouterr().out
    assert "InService, version 3 answers, 2 instances" in shown
    assert "version 4 could not be deployed: broken" in shown


def test_an_endpoint_that_no_stack_names_is_listed(cloud, capsys):
    cloud.stacks.endpoints = []
    cloud.sagemaker.serve(3)
    cloud.sagemaker.endpoint["EndpointConfigName"] = "of-another-app"
    endpoints.run(cloud.aws)
    assert capsys.readouterr().out == f"{GROUP}: InService, 2 instances\n"
    cloud.sagemaker.endpoint["ProductionVariants"] = [
        {"VariantName": "AllTraffic", "CurrentInstanceCount": 1}
    ]
    endpoints.run(cloud.aws)
    assert capsys.readouterr().out == f"{GROUP}: InService, 1 instance\n"


@pytest.mark.parametrize(
    ("name", "text", "content_type"),
    [
        ("rows.csv", "size,kind\n1,a\n2,b\n", "text/csv"),
        ("rows.jsonl", '{"size": 1, "kind": "a"}\n{"size": 2, "kind": "b"}\n', None),
    ],
)
def test_rows_are_sent_unchanged_and_shown_with_predictions(
    cloud, run, tmp_path, name, text, content_type
):
    path = tmp_path / name
    path.write_text(text)
    code, rows = run(predict, "one", path)
    assert code == 0
    assert cloud.runtime.asked == (text.encode(), content_type or "application/jsonlines")
    assert [str(each["row"]["size"]) for each in rows] == ["1", "2"]
    assert [each["prediction"] for each in rows] == [{"value": 7.0}] * 2


def test_a_table_shows_predictions_after_an_arrow(cloud, tmp_path, capsys):
    path = tmp_path / "rows.csv"
    path.write_text("size,kind\n" + "1,a\n" * 30)
    predict.run(cloud.aws, "one", path)
    shown = capsys.readouterr().out
    assert "→ value" in shown
    assert "30 rows predicted by redline-local-one, the first 20 shown" in shown


def test_rows_of_a_narrow_terminal_are_blocks_and_no_value_is_cut(
    cloud, tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "30")
    path = tmp_path / "rows.jsonl"
    path.write_text('{"signed_up_at": "2024-04-09 01:03:23", "plan": null, "note": "[red]\\u001b"}')
    predict.run(cloud.aws, "one", path)
    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["signed_up_at", "2024-04-09"] in shown
    assert ["plan"] in shown
    assert ["note", "[red]\\x1b"] in shown
    assert ["→", "value", "7.0"] in shown
    assert ["1", "row", "predicted", "by", "redline-local-one"] in shown


def test_objects_with_other_names_are_shown_below_their_names(cloud, tmp_path, capsys):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"a": 1, "b": 2}\n{"b": 3, "c": 4}\n')
    predict.run(cloud.aws, "one", path)
    shown = capsys.readouterr().out.splitlines()
    assert [line.split() for line in shown[1:3]] == [["1", "2", "7.0"], ["3", "7.0", "4"]]


def test_standard_input_may_be_json_lines(cloud, monkeypatch):
    body = b'{"size": 1}\n'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(body)))
    assert predict.run(cloud.aws, "one", Path("-"), as_json=True) == 0
    assert cloud.runtime.asked == (body, "application/jsonlines")


def test_before_the_first_deployment_the_error_says_what_creates_the_endpoint(cloud, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("size\n1\n")
    cloud.runtime.invoke_endpoint = absent_endpoint
    with pytest.raises(OperationError, match=f"{GROUP} does not exist: approve a version"):
        predict.run(cloud.aws, "one", path)


def absent_endpoint(**_):
    """Answer as the runtime API does for an endpoint that does not exist."""
    message = f"Endpoint {GROUP} of account 1 not found."
    error = {"Error": {"Code": "ValidationError", "Message": message}}
    raise ClientError(error, "InvokeEndpoint")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", "it holds no rows"), ("size\n", "it holds no rows"), ("\xff", "cannot be read")],
)
def test_a_file_without_rows_is_refused(cloud, tmp_path, text, expected):
    path = tmp_path / "rows.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(OperationError, match=expected):
        predict.run(cloud.aws, "one", path)


def test_a_missing_file_is_reported(cloud):
    with pytest.raises(OperationError, match="No such file"):
        predict.run(cloud.aws, "one", Path("nowhere.csv"))


def test_an_error_of_the_model_is_shown(cloud, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("size\nbig\n")
    cloud.runtime.refusal = "request, line 2, column size: 'big' is no number"
    with pytest.raises(OperationError, match="line 2, column size"):
        predict.run(cloud.aws, "one", path)


def test_a_wrong_number_of_answers_is_an_error(cloud, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text('size,kind\n1,"two\nlines"\n')
    with pytest.raises(OperationError, match="2 answers for 1 rows"):
        predict.run(cloud.aws, "one", path)


def test_the_version_in_service_is_that_of_the_configuration_not_of_the_tag():
    """The deployer writes the tag after the update, and rollback reads the configuration."""
    registry = Registry()
    registry.statuses = {1: "Approved", 2: "Approved"}
    registry.serve(2)
    registry.tags["endpoint/x"] = {"ModelPackage": f"{ARN}/1"}
    found = endpoint_status(registry, GROUP)
    assert (found.version, found.package_arn) == (2, f"{ARN}/2")
    assert rollback.ServedModel(registry, GROUP).version() == 2


def test_an_endpoint_that_is_created_serves_no_version_yet(cloud, capsys):
    cloud.sagemaker.statuses = {1: "Approved"}
    cloud.sagemaker.serve(1, "Creating")
    assert endpoint_status(cloud.sagemaker, GROUP).version is None
    endpoints.run(cloud.aws)
    assert f"{GROUP}: Creating, 2 instances" in capsys.readouterr().out
