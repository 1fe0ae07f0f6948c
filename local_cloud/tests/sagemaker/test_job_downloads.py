"""All files of a job are in its folder, regardless of the keys of the objects."""

from __future__ import annotations

import io
import json

import pytest

from local_cloud.sagemaker.exceptions import ExpressionError, JobFailed
from local_cloud.sagemaker.jobs.job_hosts import Host
from local_cloud.sagemaker.jobs.request_checks import processing_findings
from local_cloud.sagemaker.jobs.s3_transfers import download, objects_of
from local_cloud.sagemaker.pipelines.property_files import read_json


class Bucket:
    """A stand-in for an S3 client with objects of the given keys."""

    def __init__(self, *keys, **contents):
        self.contents = dict.fromkeys(keys, b"") | contents

    def get_paginator(self, name):
        assert name == "list_objects_v2"
        return self

    def paginate(self, *, Bucket, Prefix):  # noqa: N803  boto3's names
        found = [key for key in self.contents if key.startswith(Prefix)]
        return [{"Contents": [{"Key": key} for key in found]}]

    def get_object(self, *, Bucket, Key):  # noqa: N803  boto3's names
        return {"Body": io.BytesIO(self.contents[Key])}


def fetch(bucket, folder, *, key="in/", data_type="S3Prefix"):
    uri = f"s3://lake/{key}"
    download(bucket, objects_of(bucket, uri=uri, data_type=data_type), folder)


@pytest.mark.parametrize("key", ["in/../../escaped", "in/a/../../../escaped", "in/.."])
def test_a_key_that_leads_out_of_the_folder_is_refused(key, tmp_path):
    folder = tmp_path / "opt" / "ml"
    with pytest.raises(JobFailed, match="would be outside of the input's folder"):
        fetch(Bucket("in/good", key), folder)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["../escaped", "/etc/escaped", "a/../../escaped"])
def test_a_manifest_entry_that_leads_out_of_the_folder_is_refused(name, tmp_path):
    manifest = json.dumps([{"prefix": "s3://lake/in/"}, "good", name]).encode()
    bucket = Bucket("in/good", **{"list": manifest, f"in/{name}": b""})
    with pytest.raises(JobFailed, match="would be outside of the input's folder"):
        fetch(bucket, tmp_path / "data", key="list", data_type="ManifestFile")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"[]",
        b"{}",
        b"[{}]",
        b'["name"]',
        b"[1, 2]",
        b'[{"prefix": 1}]',
        b'[{"prefix": "s3://lake/in/"}, 7]',
        b'[{"prefix": "s3://lake/in/"}, null]',
        b"\xff\xfe[",
        b"[" * 100_000,
    ],
    ids=repr,
)
def test_an_invalid_manifest_is_refused(manifest, tmp_path):
    with pytest.raises(JobFailed, match="s3://lake/list is not a manifest"):
        fetch(Bucket(list=manifest), tmp_path, key="list", data_type="ManifestFile")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (["in/a", "in/a/b"], "a"),
        ([f"in/{'n' * 300}"], "File name too long"),
        (["in/nul\0byte"], "embedded null byte"),
        (["in/."], "Is a directory"),
    ],
)
def test_a_key_that_is_no_valid_file_name_is_refused(keys, message, tmp_path):
    with pytest.raises(JobFailed, match=f"Data download failed: .*{message}"):
        fetch(Bucket(*keys), tmp_path / "data")


def test_unusual_names_inside_the_folder_are_kept(tmp_path):
    keys = ["in/..a", "in/a..", "in/=1+1", "in/ä ö'\";--", "in/%2e%2e", "in//double"]
    fetch(Bucket(*keys), tmp_path)
    found = sorted(path.name for path in tmp_path.iterdir())
    assert found == sorted(["..a", "a..", "=1+1", "ä ö'\";--", "%2e%2e", "double"])


@pytest.mark.parametrize(
    "path",
    ["/opt/ml/input/data/..", "/opt/ml/../../etc", "/etc/passwd", "opt/ml", "/opt/mlx/a", ""],
)
def test_a_path_of_the_container_must_be_below_its_root(path, tmp_path):
    with pytest.raises(JobFailed, match="is not a path under /opt/ml"):
        Host("algo-1", 0, tmp_path).path(path)


def test_a_request_with_a_path_that_leads_out_of_the_folder_is_refused():
    source = {"S3Uri": "s3://lake/in", "LocalPath": "/opt/ml/processing/../../../etc"}
    request = {"ProcessingInputs": [{"InputName": "in", "S3Input": source}]}
    (finding,) = (found for found in processing_findings(request) if "LocalPath" in found)
    assert "must begin with /opt/ml/processing/ and have no '..'" in finding


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a":' * 50_000], ids=len
)
def test_a_property_file_that_is_not_json_is_refused(content):
    with pytest.raises(ExpressionError, match="s3://lake/report is not JSON"):
        read_json(Bucket(report=content), "s3://lake/report")
