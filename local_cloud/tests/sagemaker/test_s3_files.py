"""The file system of Spark jobs: WebHDFS over the objects of buckets, with the role of a job.

https://hadoop.apache.org/docs/r3.3.4/hadoop-project-dist/hadoop-hdfs/WebHDFS.html
"""

from __future__ import annotations

import io
import json
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from local_cloud.emr.s3_files.bucket_files import BucketFiles
from local_cloud.emr.s3_files.errors import AlreadyExists, FileError, NotAllowed, NotFound
from local_cloud.emr.s3_files.web_hdfs import JOBS
from local_cloud.tests.sagemaker.conftest import make_role


@pytest.fixture
def files(s3, bucket):
    for key in ("rows/a.csv", "rows/deep/b.csv", "rows.txt"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    return BucketFiles(s3, bucket)


def names(files, path):
    return [each.name for each in files.children(path)]


def test_keys_are_files_and_folders(files):
    assert files.status("rows/a.csv").size == len("rows/a.csv")
    assert files.status("rows").size is None
    assert names(files, "") == ["rows", "rows.txt"]
    assert names(files, "rows") == ["a.csv", "deep"]
    assert files.read("rows/a.csv", offset=5, length=3) == b"a.c"
    assert files.read("rows/a.csv", offset=99, length=None) == b""
    for path in ("row", "rows/a", "rows/a.csv/x"):
        with pytest.raises(NotFound):
            files.status(path)


def test_a_folder_that_was_made_has_no_object(files, s3, bucket):
    files.make_folder("new/empty")
    assert files.status("new/empty").size is None
    assert names(files, "new") == ["empty"]
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="new")
    assert "Contents" not in listed
    with pytest.raises(AlreadyExists):
        files.make_folder("rows.txt")


def test_a_file_is_replaced_only_with_overwrite(files):
    with pytest.raises(AlreadyExists):
        files.write("rows.txt", io.BytesIO(b"new"), overwrite=False)
    files.write("rows.txt", io.BytesIO(b"new"), overwrite=True)
    assert files.read("rows.txt", offset=0, length=None) == b"new"
    with pytest.raises(AlreadyExists):
        files.write("rows", io.BytesIO(b"new"), overwrite=True)


def test_a_rename_moves_all_files_of_a_folder(files):
    assert files.rename("rows", "moved")
    assert names(files, "") == ["moved", "rows.txt"]
    assert names(files, "moved/deep") == ["b.csv"]
    files.make_folder("target")
    assert files.rename("rows.txt", "target")
    assert names(files, "target") == ["rows.txt"]
    assert not files.rename("lost", "x")
    assert not files.rename("moved", "moved/deep/x")


def test_a_folder_with_files_is_deleted_only_with_recursive(files):
    with pytest.raises(FileError, match="not empty"):
        files.delete("rows", recursive=False)
    assert files.delete("rows", recursive=True)
    assert not files.delete("rows", recursive=True)
    assert names(files, "") == ["rows.txt"]


def test_what_the_role_may_not_read_is_denied(files, cloud, bucket):
    other = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    role = make_role(cloud, f"nothing-{bucket}", [other])
    with pytest.raises(NotAllowed, match="s3:ListBucket"):
        BucketFiles(cloud.client("s3", role), bucket).status("rows.txt")


def call(cloud, path, operation, *, method="GET", content=None, **more):
    query = "&".join(f"{name}={value}" for name, value in {"op": operation, **more}.items())
    url = f"{cloud.endpoint}/webhdfs/v1/{quote(path)}?{query}"
    with urlopen(Request(url, method=method, data=content)) as response:
        return response.read()


def error_of(cloud, path, operation, **more):
    with pytest.raises(HTTPError) as caught:
        call(cloud, path, operation, **more)
    return caught.value.code, json.loads(caught.value.read())["RemoteException"]["exception"]


def test_the_client_of_hadoop_is_answered(cloud, files, s3, bucket):
    name = "rows/a b%3Aü.csv"
    s3.put_object(Bucket=bucket, Key=name, Body=b"0123456789")
    with JOBS.opened(s3) as secret:
        path = f"{secret}/{bucket}"
        found = json.loads(call(cloud, f"{path}/{name}", "GETFILESTATUS"))["FileStatus"]
        assert (found["type"], found["length"]) == ("FILE", 10)
        # The client follows a redirection to the host with the data.
        assert call(cloud, f"{path}/{name}", "OPEN", offset=2, length=3) == b"234"
        put = {"method": "PUT", "content": b"new", "data": "true"}
        call(cloud, f"{path}/new.txt", "CREATE", **put)
        assert call(cloud, f"{path}/new.txt", "OPEN") == b"new"
        assert error_of(cloud, f"{path}/lost", "GETFILESTATUS") == (404, "FileNotFoundException")
        refused = (400, "UnsupportedOperationException")
        assert error_of(cloud, f"{path}/new.txt", "APPEND", method="POST") == refused


def test_a_secret_is_valid_only_while_its_job_runs(cloud, files, s3, bucket):
    with JOBS.opened(s3) as secret:
        assert call(cloud, f"{secret}/{bucket}/rows.txt", "OPEN") == b"rows.txt"
    missing = (404, "FileNotFoundException")
    assert error_of(cloud, f"{secret}/{bucket}/rows.txt", "OPEN", data="true") == missing
    assert error_of(cloud, f"guessed/{bucket}/rows.txt", "GETFILESTATUS") == missing
