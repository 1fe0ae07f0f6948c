"""Reads and recomputes the signature of a request with botocore's signers.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import UNSIGNED_PAYLOAD, HmacV1QueryAuth, S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from local_cloud.authentication.caller import Signature

Environ = Mapping[str, Any]

_ALGORITHM = "AWS4-HMAC-SHA256"
_TIME = "%Y%m%dT%H%M%SZ"
_CHUNK_BYTES = 1_048_576
_SIGNED_IN_URL = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature")


class Malformed(Exception):
    """The signature does not have the format of AWS."""


class Expired(Exception):
    """The presigned URL has expired."""


class OtherBody(Exception):
    """The body of the request is not the signed one."""


@dataclass(frozen=True)
class _Reader:
    """The parts of a WSGI request that are signed."""

    environ: Environ

    @property
    def method(self) -> str:
        method: str = self.environ["REQUEST_METHOD"]
        return method

    def url(self, *, without: str = "") -> str:
        """Return the URL as it was sent, without one parameter of the query."""
        path, mark, query = self.environ["RAW_URI"].partition("?")
        kept = [part for part in query.split("&") if part.partition("=")[0] != without]
        return f"http://{self.environ['HTTP_HOST']}{path}{mark}{'&'.join(kept)}"

    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.environ["QUERY_STRING"], keep_blank_values=True))

    def header(self, name: str) -> str | None:
        key = name.upper().replace("-", "_")
        prefix = "" if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_"
        value: str | None = self.environ.get(prefix + key)
        return value

    def body_digest(self) -> str:
        """Return the SHA-256 of the body, which can be read again."""
        body, digest = self.environ["wsgi.input"], hashlib.sha256()
        start = body.tell()
        for chunk in iter(lambda: body.read(_CHUNK_BYTES), b""):
            digest.update(chunk)
        body.seek(start)
        return digest.hexdigest()


@dataclass(frozen=True)
class SignedRequest:
    """A request with a signature. `sent` is the signature that it contains."""

    signature: Signature
    sent: str
    reader: _Reader

    def expected(self, secret: str) -> str:
        """Return the signature that the request has if the caller knows the secret access key."""
        raise NotImplementedError


@dataclass(frozen=True)
class _Version4(SignedRequest):
    """Signature Version 4, in the header Authorization or in the URL."""

    timestamp: str
    signed_headers: tuple[str, ...]
    payload_digest: str
    url: str

    def expected(self, secret: str) -> str:
        kind = S3SigV4Auth if self.signature.service == "s3" else SigV4Auth
        credentials = Credentials(self.signature.access_key, secret)
        auth = kind(credentials, self.signature.service, self.signature.region)
        request = AWSRequest(method=self.reader.method, url=self.url)
        request.context["timestamp"] = self.timestamp
        headers = HTTPHeaders()
        for name in self.signed_headers:
            headers[name] = self.reader.header(name) or ""
        parts = (
            request.method,
            auth._normalize_url_path(urlsplit(self.url).path),
            auth.canonical_query_string(request),
            auth.canonical_headers(headers) + "\n",
            auth.signed_headers(headers),
            self.payload_digest,
        )
        signature: str = auth.signature(auth.string_to_sign(request, "\n".join(parts)), request)
        return signature


class _Version2(HmacV1QueryAuth):  # type: ignore[misc]  # botocore publishes no types
    """botocore's signer of URLs in version 2, with a given time of expiry."""

    def _get_date(self) -> str:
        return str(self._expires)


@dataclass(frozen=True)
class _Version2Url(SignedRequest):
    """Signature Version 2 in a URL of S3: the form that boto3 uses in the older regions."""

    expires: str

    def expected(self, secret: str) -> str:
        credentials = Credentials(self.signature.access_key, secret, self.signature.token)
        headers = HTTPHeaders()
        for name, value in self._headers():
            headers[name] = value
        signature: str = _Version2(credentials, self.expires).get_signature(
            self.reader.method, urlsplit(self.reader.url()), headers, auth_path=self._path()
        )
        return signature

    def _headers(self) -> Iterator[tuple[str, str]]:
        for name in ("content-md5", "content-type"):
            value = self.reader.header(name)
            if value:
                yield name, value
        for key, value in self.reader.environ.items():
            if key.startswith("HTTP_X_AMZ_"):
                yield key.removeprefix("HTTP_").replace("_", "-").lower(), value
        for name, value in self.reader.query().items():
            if name.lower().startswith("x-amz-"):
                yield name, value

    def _path(self) -> str:
        """Return the path with the bucket, which may be in the name of the host."""
        path = urlsplit(self.reader.url()).path
        bucket, _, parent = self.reader.environ["HTTP_HOST"].partition(":")[0].rpartition(".")
        return f"/{bucket}{path}" if bucket and parent == "localhost" else path


def signed_request(environ: Environ) -> SignedRequest | None:
    """Return the signature of a WSGI request; None if it is unsigned.

    Raises `Malformed`, `Expired`, and `OtherBody`.
    """
    reader = _Reader(environ)
    authorization, query = reader.header("Authorization") or "", reader.query()
    if authorization.startswith("AWS4-"):
        return _in_header(reader, authorization)
    if any(name in query for name in _SIGNED_IN_URL):
        return _in_url(reader, query)
    if "AWSAccessKeyId" in query:
        return _version_2(reader, query)
    return None


def _in_header(reader: _Reader, authorization: str) -> SignedRequest:
    algorithm, _, rest = authorization.partition(" ")
    listed = [part.strip().partition("=") for part in rest.split(",")]
    parts = {name: value for name, _, value in listed}
    signed = tuple(parts.get("SignedHeaders", "").split(";"))
    timestamp = reader.header("X-Amz-Date")
    if (
        algorithm != _ALGORITHM
        or sorted(name for name, *_ in listed) != ["Credential", "Signature", "SignedHeaders"]
        or "host" not in signed
        or not timestamp
    ):
        raise Malformed(
            f"Authorization must have the algorithm {_ALGORITHM}, Credential, SignedHeaders with "
            "host, and Signature, and nothing else; X-Amz-Date is required."
        )
    token = reader.header("X-Amz-Security-Token")
    signature = _scoped(parts["Credential"], timestamp, token)
    _check_present(reader, signed)
    return _Version4(
        signature=signature,
        sent=parts["Signature"],
        reader=reader,
        timestamp=timestamp,
        signed_headers=signed,
        payload_digest=_payload_digest(reader, signed),
        url=reader.url(),
    )


def _in_url(reader: _Reader, query: Mapping[str, str]) -> SignedRequest:
    signed = tuple(query.get("X-Amz-SignedHeaders", "").split(";"))
    timestamp, lifetime = query.get("X-Amz-Date", ""), query.get("X-Amz-Expires", "")
    if query.get("X-Amz-Algorithm") != _ALGORITHM or "host" not in signed or not lifetime.isdigit():
        raise Malformed(
            f"A presigned URL must have X-Amz-Algorithm ({_ALGORITHM}), X-Amz-Credential, "
            "X-Amz-Date, X-Amz-Expires (seconds), X-Amz-SignedHeaders with host, and "
            "X-Amz-Signature."
        )
    signature = _scoped(
        query.get("X-Amz-Credential", ""), timestamp, query.get("X-Amz-Security-Token")
    )
    if signature.service != "s3":
        raise Malformed("Presigned URLs are only supported for S3.")
    _check_present(reader, signed)
    _check_expiry(_seconds(timestamp) + int(lifetime))
    return _Version4(
        signature=signature,
        sent=query.get("X-Amz-Signature", ""),
        reader=reader,
        timestamp=timestamp,
        signed_headers=signed,
        payload_digest=query.get("X-Amz-Content-Sha256", UNSIGNED_PAYLOAD),
        url=reader.url(without="X-Amz-Signature"),
    )


def _version_2(reader: _Reader, query: Mapping[str, str]) -> SignedRequest:
    expires = query.get("Expires", "")
    if not expires.isdigit():
        raise Malformed("A presigned URL must have AWSAccessKeyId, Signature and Expires.")
    _check_expiry(int(expires))
    token = query.get("x-amz-security-token")
    # Only S3 accepts this version. The region is not in the signature.
    signature = Signature(query["AWSAccessKeyId"], "us-east-1", "s3", token)
    return _Version2Url(
        signature=signature, sent=query.get("Signature", ""), reader=reader, expires=expires
    )


def _scoped(credential: str, timestamp: str, token: str | None) -> Signature:
    """Read a credential such as KEY/20260101/us-east-1/s3/aws4_request."""
    parts = credential.split("/")
    if len(parts) != 5 or parts[4] != "aws4_request" or parts[1] != timestamp[:8]:
        raise Malformed(
            f"Credential is {credential!r}: it must be ACCESS_KEY/YYYYMMDD/REGION/SERVICE/"
            "aws4_request, with the date of X-Amz-Date."
        )
    return Signature(access_key=parts[0], region=parts[2], service=parts[3], token=token)


def _check_present(reader: _Reader, signed: tuple[str, ...]) -> None:
    missing = [name for name in signed if reader.header(name) is None]
    if missing:
        raise Malformed(f"The request lacks headers of SignedHeaders: {', '.join(missing)}.")


def _payload_digest(reader: _Reader, signed: tuple[str, ...]) -> str:
    """Return the signed digest of the body, or the constant that S3 allows in place of one."""
    name = "x-amz-content-sha256"
    stated = reader.header(name) if name in signed else None
    if stated is not None and not _is_digest(stated):
        return stated  # UNSIGNED-PAYLOAD or STREAMING-…
    digest = reader.body_digest()
    if stated not in (None, digest):
        raise OtherBody("The provided 'x-amz-content-sha256' header does not match the body.")
    return digest


def _is_digest(text: str) -> bool:
    return len(text) == 64 and not set(text) - set("0123456789abcdef")


def _seconds(timestamp: str) -> int:
    try:
        return int(datetime.strptime(timestamp, _TIME).replace(tzinfo=UTC).timestamp())
    except ValueError as error:
        raise Malformed(
            f"X-Amz-Date is {timestamp!r}: it must be like 20260131T235959Z."
        ) from error


def _check_expiry(expires: int) -> None:
    if expires < time.time():
        raise Expired("Request has expired")
