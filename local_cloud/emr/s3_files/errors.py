"""The errors of the file system, with the Java exceptions that the client raises for them."""

from __future__ import annotations

from typing import ClassVar


class FileError(Exception):
    """An operation failed. `status` is the HTTP status, `exception` the class in Java."""

    status: ClassVar = 400
    exception: ClassVar = "java.io.IOException"


class NotFound(FileError):
    """There is no file and no folder at the path."""

    status = 404
    exception = "java.io.FileNotFoundException"


class AlreadyExists(FileError):
    """There is a file where a file or a folder would be created."""

    status = 403
    exception = "org.apache.hadoop.fs.FileAlreadyExistsException"


class NotAllowed(FileError):
    """S3 denies the request to the role of the job."""

    status = 403
    exception = "org.apache.hadoop.security.AccessControlException"


class Unsupported(FileError):
    """S3 has no such operation, such as appending to an object."""

    exception = "java.lang.UnsupportedOperationException"
