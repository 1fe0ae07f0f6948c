"""KMS keys: their ARNs, and the states in which a key cannot be used.

A disabled key, or one that is pending deletion, can neither encrypt nor decrypt.
AWS KMS Developer Guide, "Key states of AWS KMS keys".
"""

from __future__ import annotations

from moto.kms.models import kms_backends

from local_cloud.errors import LocalCloudError

# State → the error code that S3 returns, and the end of the message.
_REFUSALS = {
    "Disabled": ("KMS.DisabledException", "is disabled."),
    "PendingDeletion": ("KMS.KMSInvalidStateException", "is pending deletion."),
}


class KeyUnusable(LocalCloudError):
    """The state of a key does not allow its use. `code` is the error code of KMS."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def key_arn(key: str, account: str, region: str) -> str:
    """Return the ARN of a key. `key` is an id, an alias or an ARN."""
    name = key if key.startswith("alias/") else f"key/{key}"
    return key if key.startswith("arn:") else f"arn:aws:kms:{region}:{account}:{name}"


def check_key(arn: str) -> None:
    """Raise `KeyUnusable` if the key (or alias) cannot be used. Unknown keys are accepted."""
    _, _, _, region, account, name = arn.split(":", 5)
    for key in list(kms_backends[account][region].keys.values()):
        if key.key_state in _REFUSALS and (key.arn == arn or name in key.aliases):
            code, words = _REFUSALS[key.key_state]
            raise KeyUnusable(code, f"{key.arn} {words}")
