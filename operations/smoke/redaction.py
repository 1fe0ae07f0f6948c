"""Removes secrets, account IDs and names of people from recorded requests and responses.

A value is removed because of its shape in the API model (`sensitive`), the name of its member, or
its text. The structure of a document stays, so that recordings can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

REDACTED = "<redacted>"
ACCOUNT = "123456789012"
_SECRET_NAME = re.compile(
    "password|passwd|secret|credential|token|accesskey|apikey|privatekey|authorization|signature",
)
# The ARN or the name of a secret, and switches such as ManageMasterPassword, are not secret.
_PUBLIC_NAME = re.compile("(arn|name|status|kmskeyid)$")
_PERSON_NAME = re.compile("sourceidentity|userprofilename")
# Sample data, which the API models mark as sensitive: the rows and the predictions.
_SAMPLE_DATA = frozenset({"BodyBlob"})

_SECRET_WORD = r"\w*(?:password|passwd|secret|secret_?string|token|api_?key|access_?key(?:_?id)?)"
_IN_TEXT = [
    # Presigned URLs: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    (r"(?i)(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s\"'\\]+", rf"\1{REDACTED}"),
    (r"\b((?:AWSAccessKeyId|Signature)=)[^&\s\"'\\]+", rf"\1{REDACTED}"),
    # PASSWORD '…' in SQL, "password": "…" in JSON, password=… in a connection string.
    (rf"(?i)({_SECRET_WORD}\\?[\"']?\s*[:=]?\s*\\?[\"'])[^\"'\\]+", rf"\1{REDACTED}"),
    (rf"(?i)(\b{_SECRET_WORD}\s*=\s*)[^\s\"'\\;&,<]+", rf"\1{REDACTED}"),
    # scheme://user:password@host
    (r"(://[^/\s:@]+:)[^/\s@]+@", rf"\1{REDACTED}@"),
    (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "<e-mail>"),
    # Names in ARNs, and the unique IDs of users, roles and keys with the session after them:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    (r"(:(?:user|federated-user|user-profile)/)[^\s\"'\\,]+", r"\1<name>"),
    (r"(:assumed-role/[^/\s\"'\\]+/)[^\s\"'\\,]+", r"\1<session>"),
    (r"\bA(?:KIA|SIA|IDA|ROA|GPA|BIA|CCA|NPA|NVA|PKA)[A-Z0-9]{12,}(?::[^\s\"'\\,]+)?", "<id>"),
    (r"(?<!\d)\d{12}(?!\d)", ACCOUNT),
]
_PATTERNS = [(re.compile(pattern), replacement) for pattern, replacement in _IN_TEXT]
# The members with the name of a value beside them: tags, outputs, parameters, variables.
_NAMES_OF_VALUES = ("Key", "Name", "OutputKey", "ParameterKey", "name", "key")


def redact(value: Any, shape: Any = None, name: str = "") -> Any:
    """Return a copy of a document without secrets. `shape` is its shape in botocore, if known."""
    if _is_secret(name, shape):
        return _without_values(value)
    if isinstance(value, Mapping):
        named = any(_is_secret(str(value.get(key, ""))) for key in _NAMES_OF_VALUES)
        return {
            redact_text(str(key)): _without_values(each)
            if named and key.lower().endswith("value")
            else redact(each, *_member(shape, key))
            for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [redact(each, getattr(shape, "member", None), name) for each in value]
    return redact_text(value) if isinstance(value, str) else value


def redact_text(text: str) -> str:
    """Return the text without secrets, account IDs, e-mail addresses and names of people."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def _member(shape: Any, key: str) -> tuple[Any, str]:
    """Return the shape of a member of a structure or of the values of a map, and its name."""
    members = getattr(shape, "members", None)
    return (members.get(key) if members else getattr(shape, "value", None)), str(key)


def _is_secret(name: str, shape: Any = None) -> bool:
    plain = re.sub("[^a-z]", "", name.lower())
    secret = _SECRET_NAME.search(plain) and not _PUBLIC_NAME.search(plain)
    if secret or _PERSON_NAME.search(plain):
        return True
    return bool(
        shape is not None and shape.metadata.get("sensitive") and shape.name not in _SAMPLE_DATA
    )


def _without_values(value: Any) -> Any:
    """Replace every text and number of a document; booleans and null stay."""
    if isinstance(value, Mapping):
        return {key: _without_values(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_values(each) for each in value]
    if value is None or isinstance(value, bool):
        return value
    return 0 if isinstance(value, int | float) else REDACTED
