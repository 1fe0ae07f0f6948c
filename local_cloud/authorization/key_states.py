"""Keys: their names, and those that are disabled or about to be deleted.

What such a key encrypts can be neither read nor written.
AWS KMS Developer Guide, "Key states of AWS KMS keys".
"""

from __future__ import annotations

from moto.kms.models import kms_backends

from local_cloud.errors import LocalCloudError

# The state → the code of the refusal, as S3 gives it, and its words.
_REFUSALS = {
    "Disabled": ("KMS.DisabledException", "is disabled."),
    "PendingDeletion": ("KMS.KMSInvalidStateException", "is pending deletion."),
}


class KeyUnusable(LocalCloudError):
    """A key is in a state in which it cannot be used; `code` is KMS's name for that."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def key_arn(key: str, account: str, region: str) -> str:
    """The ARN of a key that is named by its id, its alias or its ARN."""
    name = key if key.startswith("alias/") else f"key/{key}"
    return key if key.startswith("arn:") else f"arn:aws:kms:{region}:{account}:{name}"


def check_key(arn: str) -> None:
    """Raise `KeyUnusable` unless the key (or alias) can be used; an unknown one is let pass."""
    _, _, _, region, account, name = arn.split(":", 5)
    for key in list(kms_backends[account][region].keys.values()):
        if key.key_state in _REFUSALS and (key.arn == arn or name in key.aliases):
            code, words = _REFUSALS[key.key_state]
            raise KeyUnusable(code, f"{key.arn} {words}")
