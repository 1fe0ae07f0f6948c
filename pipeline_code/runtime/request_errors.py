"""Invalid requests whose status is not 400, the status of every other DataError."""

from http import HTTPStatus

from pipeline_code.runtime.job_errors import DataError


class WrongContentType(DataError):
    """The content type of a request is not supported."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class WrongAccept(DataError):
    """The content type that a client accepts is not supported."""

    status = HTTPStatus.NOT_ACCEPTABLE
