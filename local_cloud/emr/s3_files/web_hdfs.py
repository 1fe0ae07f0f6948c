"""Responds to requests of Hadoop's WebHDFS client.

A path is `/webhdfs/v1/<secret>/<bucket>/<key>`; the secret belongs to one job.
https://hadoop.apache.org/docs/r3.3.4/hadoop-project-dist/hadoop-hdfs/WebHDFS.html
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from werkzeug.wrappers import Request, Response

from local_cloud.emr.s3_files.bucket_files import BucketFiles, FileStatus
from local_cloud.emr.s3_files.errors import FileError, NotFound, Unsupported

PATH = "/webhdfs/v1/"
_BLOCK_BYTES = 128 * 1024**2
_JSON, _BYTES = "application/json", "application/octet-stream"
# The client sends a request of these operations twice, the second time with the data.
_WITH_DATA = ("OPEN", "CREATE")


class _Jobs:
    """Secret of a running job -> its S3 client and, for each bucket, the files."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}
        self._files: dict[tuple[str, str], BucketFiles] = {}

    @contextmanager
    def opened(self, s3: Any) -> Iterator[str]:
        """Let the holder of the secret, which is yielded, use the client."""
        secret = secrets.token_urlsafe(24)
        with self._lock:
            self._clients[secret] = s3
        try:
            yield secret
        finally:
            with self._lock:
                del self._clients[secret]
                self._files = {key: each for key, each in self._files.items() if key[0] != secret}

    def files(self, secret: str, bucket: str) -> BucketFiles:
        """Return the files of a bucket for a job. Raises NotFound."""
        with self._lock:
            if secret not in self._clients:
                raise NotFound("there is no job with this path")
            found = BucketFiles(self._clients[secret], bucket)
            return self._files.setdefault((secret, bucket), found)


JOBS = _Jobs()


def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Respond to a request, as a WSGI application."""
    request = Request(environ)
    try:
        response = _response(request)
    except FileError as error:
        name = {"exception": error.exception.rpartition(".")[2], "message": str(error)}
        document = {"RemoteException": {**name, "javaClassName": error.exception}}
        response = _document(document, status=error.status)
    return response(environ, start_response)


def _response(request: Request) -> Response:
    if request.args.get("op") == "GETHOMEDIRECTORY":
        return _document({"Path": "/"})
    secret, _, rest = request.path.removeprefix(PATH).partition("/")
    bucket, _, key = rest.partition("/")
    files = JOBS.files(secret, bucket)
    operation = request.args.get("op", "").upper()
    if operation in _WITH_DATA and "data" not in request.args:
        # As it was sent: a name may contain %.
        place = f"{request.host_url.rstrip('/')}{request.environ['RAW_URI']}&data=true"
        return Response(status=307, headers={"Location": place})
    perform = _OPERATIONS.get((request.method, operation))
    if perform is None:
        raise Unsupported(f"{operation} of files in S3 is not supported by the laptop cloud")
    return perform(files, key.strip("/"), request)


def _document(document: Mapping[str, Any], *, status: int = 200) -> Response:
    return Response(json.dumps(document), status=status, content_type=_JSON)


def _status(files: BucketFiles, path: str, request: Request) -> Response:
    return _document({"FileStatus": _described(files.status(path))})


def _list(files: BucketFiles, path: str, request: Request) -> Response:
    found = [_described(each) for each in files.children(path)]
    return _document({"FileStatuses": {"FileStatus": found}})


def _open(files: BucketFiles, path: str, request: Request) -> Response:
    length = request.args.get("length")
    content = files.read(
        path, offset=int(request.args.get("offset", 0)), length=int(length) if length else None
    )
    return Response(content, content_type=_BYTES)


def _create(files: BucketFiles, path: str, request: Request) -> Response:
    overwrite = request.args.get("overwrite", "false") == "true"
    files.write(path, request.stream, overwrite=overwrite)
    return Response(status=201, content_type=_BYTES)


def _make_folder(files: BucketFiles, path: str, request: Request) -> Response:
    files.make_folder(path)
    return _document({"boolean": True})


def _rename(files: BucketFiles, path: str, request: Request) -> Response:
    _, _, target = request.args["destination"].strip("/").partition(f"/{files.bucket}/")
    return _document({"boolean": files.rename(path, target.strip("/"))})


def _delete(files: BucketFiles, path: str, request: Request) -> Response:
    recursive = request.args.get("recursive", "false") == "true"
    return _document({"boolean": files.delete(path, recursive=recursive)})


def _without_effect(files: BucketFiles, path: str, request: Request) -> Response:
    """Accept permissions and times, which objects do not have; EMR's file system does the same."""
    files.status(path)
    return Response(status=200)


def _blocks(files: BucketFiles, path: str, request: Request) -> Response:
    """Return no blocks: no host is nearer to an object than another."""
    located: dict[str, Any] = {
        "fileLength": files.status(path).size or 0,
        "isLastBlockComplete": True,
        "isUnderConstruction": False,
        "lastLocatedBlock": None,
        "locatedBlocks": [],
    }
    return _document({"LocatedBlocks": located})


def _described(found: FileStatus) -> dict[str, Any]:
    is_file = found.size is not None
    modified = int(found.modified.timestamp() * 1000)
    return {
        "pathSuffix": found.name,
        "type": "FILE" if is_file else "DIRECTORY",
        "length": found.size or 0,
        "modificationTime": modified,
        "accessTime": modified,
        "owner": "hadoop",
        "group": "hadoop",
        "permission": "644" if is_file else "755",
        "replication": 1 if is_file else 0,
        "blockSize": _BLOCK_BYTES if is_file else 0,
    }


_OPERATIONS: Mapping[tuple[str, str], Callable[[BucketFiles, str, Request], Response]] = {
    ("GET", "GETFILESTATUS"): _status,
    ("GET", "LISTSTATUS"): _list,
    ("GET", "OPEN"): _open,
    ("GET", "GET_BLOCK_LOCATIONS"): _blocks,
    ("PUT", "CREATE"): _create,
    ("PUT", "MKDIRS"): _make_folder,
    ("PUT", "RENAME"): _rename,
    ("PUT", "SETPERMISSION"): _without_effect,
    ("PUT", "SETTIMES"): _without_effect,
    ("DELETE", "DELETE"): _delete,
}
