"""Files that are copied to S3 while a job runs."""

from __future__ import annotations

from local_cloud.sagemaker.jobs.changed_files import ChangedFiles
from local_cloud.sagemaker.jobs.job_hosts import Host


class Client:
    """S3, to which a script writes a longer file while its first part is uploaded."""

    def __init__(self, path) -> None:
        self.path = path
        self.objects: dict[str, bytes] = {}

    def put_object(self, **request) -> None:
        body = request["Body"]
        length = body.seek(0, 2)
        body.seek(0)
        self.path.write_bytes(b"longer " * 100)
        sent = body.read()
        assert len(sent) == length
        self.objects[request["Key"]] = sent


def test_a_file_that_grows_is_copied_as_it_was_and_then_again(tmp_path):
    host = Host("algo-1", 0, tmp_path)
    path = tmp_path / "output/part"
    path.parent.mkdir()
    path.write_bytes(b"short")
    client = Client(path)
    files = ChangedFiles("/opt/ml/output", "s3://bucket/prefix/", client, None)
    files.copy([host])
    assert client.objects == {"prefix/part": b"short"}
    files.copy([host])
    assert client.objects == {"prefix/part": b"longer " * 100}
