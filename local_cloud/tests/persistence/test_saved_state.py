"""The parts of a saved state."""

from __future__ import annotations

import argparse
import io
import json
import pickle
import threading

import pytest
from moto.s3.models import FakeKey
from moto.s3.utils import _VersionedKeyStore
from moto.sqs.models import sqs_backends

from local_cloud import context
from local_cloud.context import ACCOUNT_ID
from local_cloud.persistence import state_saver
from local_cloud.persistence.changes import Changes, is_change
from local_cloud.persistence.object_files import ObjectFiles
from local_cloud.persistence.object_pickles import dumps, loads
from local_cloud.persistence.restricted_pickles import NotSaved, RestrictedUnpickler
from local_cloud.persistence.saved_state import SavedState
from local_cloud.persistence.saved_version import NotRestorable, check_version, write_version
from local_cloud.persistence.state_saver import StateSaver
from local_cloud.sagemaker.role_session import RoleSession
from local_cloud.server_lifecycle import start
from local_cloud.state import SAVED, create_folder

REGION = "us-east-1"
NO_BACKENDS = {}


@pytest.fixture
def cloud(tmp_path):
    return context.Cloud("http://localhost:1", tmp_path)


@pytest.fixture
def objects(tmp_path):
    return ObjectFiles(tmp_path / "objects")


def test_a_save_waits_for_stack_operations():
    changes, saved = Changes(), threading.Event()
    started = []
    changes.on_operation = started.append

    def save():
        with changes.saving() as (services, _):
            assert services == {"iam", "cloudformation"}
            saved.set()

    with changes.stack_operation("network"):
        thread = threading.Thread(target=save)
        thread.start()
        changes.mark("iam")
        assert not saved.is_set()
    thread.join()
    assert saved.is_set()
    assert started == ["network"]


def test_the_changes_of_a_failed_save_remain():
    changes = Changes()
    changes.mark("s3")
    with pytest.raises(OSError, match="full"), changes.saving():
        raise OSError("the disk is full")
    with changes.saving() as (services, count):
        assert (services, count) == ({"s3"}, 1)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [("PutObject", True), ("GetObject", False), ("GetClusterCredentials", True), (None, True),
     ("DescribeStacks", False), ("ReceiveMessage", True), ("SimulatePrincipalPolicy", False)],
)  # fmt: skip
def test_operations_that_change(operation, expected):
    assert is_change(operation) is expected


def test_an_operation_is_forgotten_with_the_next_save(tmp_path):
    saved = SavedState(tmp_path / "state.sqlite")
    saved.begin_operation("network")
    saved.close()
    again = SavedState(tmp_path / "state.sqlite")
    assert again.operations() == ["network"]
    again.replace({"iam": b"roles"})
    assert (again.operations(), dict(again.parts())) == ([], {"iam": b"roles"})
    assert (tmp_path / "state.sqlite").stat().st_mode & 0o077 == 0


def test_the_bytes_of_an_object_are_written_once(cloud, objects, tmp_path):
    version = FakeKey("key", b"the bytes", "123456789012", REGION)
    content = dumps(version, cloud, {}, objects)
    assert b"the bytes" not in content
    assert dumps(version, cloud, {}, objects) == content
    (file,) = (tmp_path / "objects").iterdir()
    assert loads(content, cloud, NO_BACKENDS.get, objects).value == b"the bytes"
    objects.used.clear()
    objects.delete_others()
    assert not file.exists()


def test_credentials_are_not_saved(cloud, objects):
    session = RoleSession(cloud, "arn:aws:iam::123456789012:role/job")
    vars(session)["variables"] = {"AWS_SECRET_ACCESS_KEY": "planted"}
    content = dumps(session, cloud, {}, objects)
    assert b"planted" not in content
    assert cloud.secrets.secret_access_key.encode() not in content
    assert loads(content, cloud, NO_BACKENDS.get, objects) == session


def test_only_classes_of_services_are_saved_and_loaded(cloud, objects):
    with pytest.raises(NotSaved, match=r"argparse.Namespace is not part"):
        dumps(argparse.Namespace(), cloud, {}, objects)
    with pytest.raises(NotSaved, match="posix.system"):
        RestrictedUnpickler(io.BytesIO(b"cposix\nsystem\n.")).load()
    with pytest.raises(NotSaved, match="state_saver.threading"):
        RestrictedUnpickler(
            io.BytesIO(b"clocal_cloud.persistence.state_saver\nthreading.Thread\n.")
        ).load()


def test_a_state_of_other_versions_is_refused_by_name(tmp_path):
    state = tmp_path / "state"
    create_folder(state)
    (state / SAVED).mkdir()
    write_version(state / SAVED, REGION)
    check_version(state / SAVED, REGION)
    with pytest.raises(NotRestorable, match="region us-east-1 instead of eu-west-1"):
        check_version(state / SAVED, "eu-west-1")
    file = state / SAVED / "version.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "moto": "4.0.0"}))
    with pytest.raises(
        NotRestorable, match=r"moto 4.0.0 instead of .* `python -m local_cloud up --fresh`"
    ):
        start(state=state, port=0, region=REGION)
    assert file.exists()
    file.write_text("{")
    with pytest.raises(NotRestorable, match="format unknown"):
        start(state=state, port=0, region=REGION)


def test_pickles_of_this_process_are_not_trusted():
    with pytest.raises(NotSaved):
        RestrictedUnpickler(io.BytesIO(pickle.dumps(threading.Thread))).load()


def test_saved_versions_of_a_key_keep_their_order(cloud, objects):
    versions = _VersionedKeyStore()
    for body in (b"first", b"second"):
        versions["key"] = FakeKey("key", body, "123456789012", REGION)
    again = loads(dumps(versions, cloud, {}, objects), cloud, NO_BACKENDS.get, objects)
    assert [version.value for version in again.getlist("key")] == [b"first", b"second"]


def test_a_back_end_that_is_created_during_a_save_has_a_place(monkeypatch):
    monkeypatch.setattr(state_saver, "supported_services", lambda: frozenset({"sqs"}))
    places, region = state_saver._Places(), "eu-west-3"
    assert ("sqs", ACCOUNT_ID, region) not in places.values()
    created = sqs_backends[ACCOUNT_ID][region]
    assert places[id(created)] == ("sqs", ACCOUNT_ID, region)
    with pytest.raises(KeyError):
        places[id(object())]


def test_a_part_that_cannot_be_saved_is_reported_once_and_the_others_are_saved(
    cloud, tmp_path, monkeypatch
):
    monkeypatch.setattr(state_saver, "supported_services", frozenset)
    saver = StateSaver(cloud, tmp_path, {"unsaved": {"a": lambda: None}, "kept": {"b": 1}})
    reports = []
    saver.report = reports.append
    saver.start()
    saver.close()
    (report,) = reports
    assert report.startswith("the state of unsaved cannot be saved (")
    parts = dict(SavedState(tmp_path / "state.sqlite").parts())
    assert parts.keys() == {"kept"}
