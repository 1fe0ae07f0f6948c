"""The bucket of data and the key of an environment."""

from __future__ import annotations

from stacks.common.settings_class import settings
from stacks.common.validation import require, require_match


@settings("lake.")
class Lake:
    """The bucket and the key of the environment: by default the app creates both.

    Nothing of an existing bucket or key is changed, replaced or deleted, and no lifecycle rule is
    added ([existing-infrastructure.md](existing-infrastructure.md#a-bucket-and-a-key)).
    """

    existing_bucket: str = ""
    """The name of a bucket in the account and region of the environment. The app uses the prefixes
    `incoming/`, `unload/`, `extracted/`, `runs/`, `kept/`, `captured/`, `reports/`,
    `accepted-data/` and `features/` of it.
    """
    existing_key_id: str = ""
    """The ID of a KMS key in the same account and region, which encrypts everything that the
    environment stores. Required with `existing_bucket`.
    """

    def __post_init__(self) -> None:
        require_match(
            r"([a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9])?",
            "lake.existing_bucket",
            self.existing_bucket,
            allowed="3 to 63 lower-case letters, digits, dots and hyphens, or nothing",
            remedy="copy the name from the console of S3",
        )
        require_match(
            r"((mrk-[0-9a-f]{32})|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?",
            "lake.existing_key_id",
            self.existing_key_id,
            allowed="the ID of a KMS key, or nothing",
            remedy="write what follows key/ in its ARN; an alias could be moved to another key",
        )
        require(
            not self.existing_bucket or bool(self.existing_key_id),
            "lake.existing_key_id",
            self.existing_key_id,
            allowed="the key of the default encryption of lake.existing_bucket",
            remedy="set it, or remove lake.existing_bucket",
        )
