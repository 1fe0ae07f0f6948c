"""The verification of a model's bytes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from pipeline_code.runtime.model_packages import MOST_BYTES, ModelRefused, model_uri, read_model

REGISTERED = datetime(2026, 1, 1, tzinfo=UTC)


class Body:
    """A body of S3 that counts the bytes of its parts."""

    def __init__(self, size):
        self.left, self.largest = size, 0

    def iter_chunks(self, chunk_size):
        while self.left:
            part = b"\0" * min(chunk_size, self.left)
            self.left -= len(part)
            self.largest = max(self.largest, len(part))
            yield part


class Storage:
    def __init__(self, size):
        self.size, self.body = size, Body(size)

    def get_object(self, *, Bucket, Key):  # noqa: N803
        assert (Bucket, Key) == ("lake", "model.tar.gz")
        return {"ContentLength": self.size, "Body": self.body, "LastModified": REGISTERED}


def package(*uris, **properties):
    return {
        "ModelPackageArn": "arn/group/1",
        "CreationTime": REGISTERED,
        "InferenceSpecification": {"Containers": [{"ModelDataUrl": uri} for uri in uris]},
        "CustomerMetadataProperties": properties,
    }


def test_a_model_is_read_in_small_parts():
    size = 16 * 1024**2 + 5
    digest = hashlib.sha256(b"\0" * size).hexdigest()
    storage, written = Storage(size), []
    model = package("s3://lake/model.tar.gz", model_sha256=digest)
    read_model(model, storage, lambda part: written.append(len(part)))
    assert sum(written) == size
    assert storage.body.largest <= 1024**2


def test_a_larger_model_is_not_read():
    storage = Storage(MOST_BYTES + 1)
    with pytest.raises(ModelRefused, match=f"at most {MOST_BYTES} can be verified"):
        read_model(package("s3://lake/model.tar.gz", model_sha256="0" * 64), storage)
    assert storage.body.left == MOST_BYTES + 1


@pytest.mark.parametrize("uris", [(), (None,), ("s3://lake/a", "s3://lake/b")])
def test_a_version_has_one_model(uris):
    with pytest.raises(ModelRefused, match="register a version with one container"):
        model_uri(package(*uris))
