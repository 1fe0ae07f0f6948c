"""For each included definition, the declared needs equal the needs derived from its JSON."""

from __future__ import annotations

import pytest

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler import MODELS_OF
from tests.crosscheck.actions import EXECUTION_ROLE, required_actions
from tests.crosscheck.constant_tags import constant_tags
from tests.crosscheck.storage import CODE, INPUT, MODELS, UNLOADED, registered_images
from tests.definitions import IDS, SHIPPED, definition


@pytest.fixture(params=SHIPPED, ids=IDS, scope="module")
def compiled(request):
    return definition(request.param.name, **request.param.options)


@pytest.fixture(scope="module")
def manifest(compiled):
    return compiled.manifest


@pytest.fixture(scope="module")
def required(compiled):
    return required_actions(compiled.body)


def prefixes(access, places):
    """Convert declared places to prefixes of the lake, and add the code archive to those read."""
    found = {f"{place.area}/{place.pipeline}/{place.path}" for place in places}
    return found | ({CODE} if access.code and places is access.reads else set())


def widest(folders):
    return {
        folder
        for folder in folders
        if not any(folder != other and folder.startswith(other) for other in folders)
    }


def read_from_json(compiled, places):
    own = {
        INPUT: f"incoming/{compiled.name}/",
        UNLOADED: f"unload/{compiled.name}/",
        MODELS: f"kept/{MODELS_OF}/",
    }
    return {own.get(place, place) for place in places}


def test_the_execution_role(compiled, manifest, required):
    assert manifest.execution.actions == required.execution
    reads = required.reach[EXECUTION_ROLE].reads
    assert prefixes(manifest.execution, manifest.execution.reads) == set(reads)


def test_the_roles_of_jobs(manifest, required):
    assert tuple(f"{role}RoleArn" for role in manifest.roles) == required.passed_roles


def test_the_actions_of_jobs(manifest, required):
    for role in manifest.roles:
        assert manifest.job(role).actions == required.of(f"{role}RoleArn")


def test_the_places_of_jobs(compiled, manifest, required):
    for role in manifest.roles:
        access, name = manifest.job(role), f"{role}RoleArn"
        variables = {prefix for each, prefix in required.lake_prefixes if each == name}
        reads = read_from_json(compiled, required.reach[name].reads) | variables
        assert widest(prefixes(access, access.reads)) == widest(reads)
        # A step script that writes to a URI in its environment declares this with `writable`.
        written = {p for p in prefixes(access, access.writes) if p.endswith("/")}
        assert written == set(required.reach[name].writes)


def test_models_are_written_by_training_steps_only(compiled, manifest):
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html"""
    writers = ("AutoML", "Training", "Tuning")
    trained = {step.name for step in steps_of(compiled.body) if step.type in writers}
    assert {need.step for need in manifest.steps if need.writes_models} == trained
    for need in manifest.steps:
        models = [p for p in need.job.writes if p.area == "kept" and p.path.endswith("/model/")]
        assert bool(models) == (need.step in trained)


def test_the_images_of_jobs_and_of_registered_models(compiled, manifest, required):
    for role in manifest.roles:
        images = required.reach[f"{role}RoleArn"].images
        assert set(manifest.job(role).images) == {
            MODELS_OF if image == MODELS else image for image in images
        }
    assert manifest.hosting.images == registered_images(compiled.body)


def test_the_namespaces_of_metrics(manifest, required):
    for role in manifest.roles:
        expected = {name for each, name in required.metric_namespaces if each == f"{role}RoleArn"}
        assert set(manifest.job(role).namespaces) == expected


def test_the_functions_and_queues(compiled, manifest):
    steps = {"FunctionArn": manifest.functions, "SqsQueueUrl": manifest.queues}
    for member, declared in steps.items():
        found = {
            step.document[member]["Get"].removeprefix("Environment.")
            for step in steps_of(compiled.body)
            if member in step.document
        }
        assert set(declared) == found


def test_the_tags(compiled, manifest):
    assert manifest.tags == constant_tags(compiled.body)


def test_a_served_model_needs_what_a_model_of_the_pipeline_needs(manifest):
    if manifest.registers_models and "Model" in manifest.roles:
        assert manifest.hosting == manifest.job("Model")
