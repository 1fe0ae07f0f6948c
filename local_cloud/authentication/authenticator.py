"""Verifies the signature of each request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Request

from local_cloud.api_gate.protocols import (
    ErrorResponse,
    Protocol,
    error_response,
    request_protocol,
)
from local_cloud.authentication.caller import Signature, set_caller
from local_cloud.authentication.signatures import (
    Expired,
    Malformed,
    OtherBody,
    SignedRequest,
    signed_request,
)
from local_cloud.authorization.iam_roles import session_secret
from local_cloud.server_secrets import ServerSecrets

Error = tuple[int, str, str]

_INVALID_TOKEN = "The security token included in the request is invalid."
_OTHER_SIGNATURE = (
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details."
)
_NOT_VALIDATED = "AWS was not able to validate the provided access credentials"
# Protocol -> status, code and message. Sources: the pages "Common errors" of IAM and S3, "Error
# codes for the Amazon EC2 API", and https://github.com/aws/aws-sdk-js/issues/284 (JSON).
_UNKNOWN_KEY: Mapping[Protocol, Error] = {
    Protocol.JSON: (400, "UnrecognizedClientException", _INVALID_TOKEN),
    Protocol.CBOR: (400, "UnrecognizedClientException", _INVALID_TOKEN),
    Protocol.REST_JSON: (403, "UnrecognizedClientException", _INVALID_TOKEN),
    Protocol.QUERY: (403, "InvalidClientTokenId", _INVALID_TOKEN),
    Protocol.EC2: (401, "AuthFailure", _NOT_VALIDATED),
    Protocol.REST_XML: (403, "InvalidClientTokenId", _INVALID_TOKEN),
    Protocol.S3: (
        403,
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
    ),
}
_WRONG_SIGNATURE: Mapping[Protocol, Error] = {
    Protocol.JSON: (400, "InvalidSignatureException", _OTHER_SIGNATURE),
    Protocol.CBOR: (400, "InvalidSignatureException", _OTHER_SIGNATURE),
    Protocol.REST_JSON: (403, "InvalidSignatureException", _OTHER_SIGNATURE),
    Protocol.QUERY: (403, "SignatureDoesNotMatch", _OTHER_SIGNATURE),
    Protocol.EC2: (401, "AuthFailure", _NOT_VALIDATED),
    Protocol.REST_XML: (403, "SignatureDoesNotMatch", _OTHER_SIGNATURE),
    Protocol.S3: (403, "SignatureDoesNotMatch", _OTHER_SIGNATURE),
}


class Authenticator:
    """Verifies signatures with the administrator's access key and those of roles' sessions."""

    def __init__(self, secrets: ServerSecrets) -> None:
        self._secrets = secrets

    def refusal(self, environ: Mapping[str, Any]) -> ErrorResponse | None:
        """Return the error of a request whose signature is not valid.

        Return None for a valid signature and for an unsigned request: `authorization` decides what
        an anonymous caller may do. `caller_signature` returns the signature from now on.
        """
        port = int(environ["REMOTE_PORT"]) if environ.get("REMOTE_PORT") else None
        set_caller(None, port)
        try:
            request = signed_request(environ)
            error = None if request is None else self._error(request, environ)
        except Malformed as malformed:
            return _refused(environ, None, (400, "IncompleteSignature", str(malformed)))
        except Expired as expired:
            return _refused(environ, "s3", (403, "AccessDenied", str(expired)))
        except OtherBody as other:
            return _refused(environ, "s3", (400, "XAmzContentSHA256Mismatch", str(other)))
        if error is None and request is not None:
            set_caller(request.signature, port)
        return error

    def _error(self, request: SignedRequest, environ: Mapping[str, Any]) -> ErrorResponse | None:
        signature = request.signature
        secret = self._secret(signature)
        if secret is None:
            errors = _UNKNOWN_KEY
        elif not hmac.compare_digest(request.expected(secret), request.sent):
            errors = _WRONG_SIGNATURE
        else:
            return None
        return _refused(environ, signature.service, errors)

    def _secret(self, signature: Signature) -> str | None:
        if signature.access_key == self._secrets.access_key_id:
            return None if signature.token else self._secrets.secret_access_key
        return session_secret(signature.access_key, signature.token)


def _refused(
    environ: Mapping[str, Any], service: str | None, errors: Mapping[Protocol, Error] | Error
) -> ErrorResponse:
    protocol = request_protocol(Request(dict(environ)), service)
    error = errors if isinstance(errors, tuple) else errors[protocol]
    return error_response(protocol, *error)
