"""The declarations of steps, merged, and as JSON."""

from __future__ import annotations

import json

import pytest

from pipeline_code.compiler import Access, Manifest, Place
from pipeline_code.compiler.manifest import NOTHING, Needs, merged
from tests.definitions import IDS, SHIPPED, definition

RUNS, KEPT = Place("runs", "a"), Place("kept", "a")
FIRST = Needs(
    step="First",
    execution=Access(actions=("iam:PassRole", "sagemaker:A")),
    role="Processing",
    job=Access(actions=("s3:GetObject",), reads=(RUNS,), code=True, namespaces=("Ours",)),
)
SECOND = Needs(
    step="Second",
    execution=Access(actions=("sagemaker:A", "lambda:InvokeFunction"), reads=(KEPT,)),
    functions=("F",),
    queues=("Q",),
)
THIRD = Needs(
    step="Third",
    execution=NOTHING,
    role="Model",
    job=Access(actions=("kms:Decrypt",), writes=(KEPT, RUNS), images=("I",)),
    hosting=Access(images=("I",)),
)
MANIFEST = Manifest(
    steps=(FIRST, SECOND, THIRD), environment=("F", "I"), image_uris={"I": {"r": "u"}}, tags={}
)


def test_accesses_are_joined_sorted_and_once():
    both = FIRST.job | THIRD.job
    assert both == merged([THIRD.job, FIRST.job, FIRST.job])
    assert both.actions == ("kms:Decrypt", "s3:GetObject")
    assert both.writes == (KEPT, RUNS)
    assert both.code


def test_the_roles_and_what_each_may_do():
    assert MANIFEST.roles == ("Model", "Processing")
    assert MANIFEST.job("Processing") == FIRST.job
    assert MANIFEST.execution.actions == ("iam:PassRole", "lambda:InvokeFunction", "sagemaker:A")
    assert MANIFEST.execution.reads == (KEPT,)


def test_what_is_called_put_and_registered():
    assert (MANIFEST.functions, MANIFEST.queues) == (("F",), ("Q",))
    assert MANIFEST.namespaces == ("Ours",)
    assert MANIFEST.registers_models
    assert not Manifest(steps=(FIRST,), environment=(), image_uris={}, tags={}).registers_models


@pytest.mark.parametrize("request_", SHIPPED, ids=IDS)
def test_a_manifest_is_the_same_after_json(request_):
    found = definition(request_.name, **request_.options).manifest
    assert Manifest.from_document(json.loads(json.dumps(found.to_document()))) == found


@pytest.mark.parametrize("document", [{}, {"steps": [{}]}, [], {"steps": 1}])
def test_another_document_is_refused(document):
    with pytest.raises((KeyError, TypeError)):
        Manifest.from_document(document)
