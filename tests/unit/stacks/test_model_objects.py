"""Who may write, read and delete the models in the lake, by the policies of the templates."""

from __future__ import annotations

import json

import pytest

from local_cloud.authorization.decision import Call
from local_cloud.authorization.principals import Caller
from operations.commands import rollback
from pipeline_code.runtime import model_packages
from stacks.lake.model_objects import PROMOTED, WRITER, WRITER_TAG
from stacks.serving import model_deployer
from tests.application.environments import ENVIRONMENTS
from tests.application.synthesised import synthesised
from tests.permissions.names import ACCOUNT
from tests.permissions.policies import deployed
from tests.permissions.templates import templates

MODEL = "/kept/demand/one/Train/model/job/output/model.tar.gz"
TRAINING = "RolesTrainingRole"
WRITES = ("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion")


class Lake:
    """The decisions of all policies of an environment on calls of its roles for one model."""

    def __init__(self, name):
        self._templates = templates(name)
        self._policies = deployed(self._templates)
        (lake,) = [
            b for b in self._policies.resources if "/Lake" in b and b.startswith("arn:aws:s3")
        ]
        self._lake = lake
        self.roles = list(self._policies.identity)

    def tags(self, role):
        for stack, logical_id, properties in self._templates.resources("AWS::IAM::Role"):
            if self._templates.name(stack, logical_id) == role:
                return {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
        raise KeyError(role)

    def allows(self, role, action, key=MODEL, **tags):
        arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
        held = {**self.tags(role), **tags}
        context = {
            "aws:principalarn": (arn,),
            "aws:principalaccount": (ACCOUNT,),
            "aws:principalisawsservice": ("false",),
            "aws:securetransport": ("true",),
            **{f"aws:principaltag/{name.lower()}": (value,) for name, value in held.items()},
        }
        caller = Caller(account=ACCOUNT, role=arn, session=f"{arn}/session")
        return self._policies.decide(Call(caller, action, f"{self._lake}{key}", context)).allowed


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def lake(request):
    return Lake(request.param)


def test_only_roles_of_training_write_models(lake):
    writers = [role for role in lake.roles if lake.allows(role, "s3:PutObject")]
    assert writers != []
    assert all(TRAINING in role for role in writers)
    marked = [role for role in lake.roles if lake.tags(role).get(WRITER_TAG) == WRITER]
    assert sorted(marked) == sorted(role for role in lake.roles if TRAINING in role)


def test_no_role_deletes_models(lake):
    """The function that empties the lake runs after its policy was deleted."""
    deleters = [
        (role, action) for role in lake.roles for action in WRITES[1:] if lake.allows(role, action)
    ]
    assert deleters == []
    emptiers = [role for role in lake.roles if "BucketEmptier" in role]
    assert all(lake.allows(role, WRITES[1], "/kept/demand/latest.json") for role in emptiers)


def test_a_role_without_the_tag_is_denied_by_the_bucket(lake):
    (training,) = [role for role in lake.roles if TRAINING in role and "-demand/" in role]
    assert lake.allows(training, "s3:PutObject")
    assert not lake.allows(training, "s3:PutObject", **{WRITER_TAG: "false"})


def test_a_job_does_not_overwrite_what_was_promoted(lake):
    """The places of outputs contain the ID of any execution."""
    promoted = MODEL.replace("/one/", f"/{PROMOTED}one/")
    evaluation = f"/kept/demand/{PROMOTED}one/Evaluate/evaluation/evaluation.json"
    for key in (promoted, evaluation):
        assert [role for role in lake.roles if lake.allows(role, "s3:PutObject", key)] == []


def test_the_output_of_another_step_is_not_the_place_of_a_model(lake):
    (training,) = [role for role in lake.roles if TRAINING in role and "-demand/" in role]
    elsewhere = "/kept/demand/one/Evaluate/evaluation/evaluation.json"
    assert not lake.allows(training, "s3:PutObject", elsewhere)


def test_the_names_of_properties_are_the_same_everywhere():
    """Functions, jobs, definitions and templates cannot import each other."""
    assert model_packages.REFUSED == model_deployer._REFUSED == rollback.REFUSED
    assert model_packages.DIGEST == model_deployer._DIGEST
    assert model_packages.DIGEST in json.dumps(synthesised("basic").templates["demand"])
