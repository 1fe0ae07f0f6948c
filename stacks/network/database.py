"""A database that pipelines read besides the warehouse, and the route of jobs to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from ipaddress import IPv4Network

from stacks.common.settings_class import settings
from stacks.common.validation import require, require_between, require_distinct, require_match

# A variable of a job: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html
LONGEST = 256
# Field -> the values that are allowed, and where to find the value.
_TEXTS: Mapping[str, tuple[str, str, str]] = {
    "name": (
        r"(?=.{2,30}$)[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*",
        "2 to 30 lower-case letters, digits and single hyphens, a letter first and after each "
        "hyphen",
        "choose the name that p.database(…, database=…) uses",
    ),
    "host": (
        r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9_-]+)*",
        "a name such as orders.example.com, or an IPv4 address",
        "write it without scheme, port and path",
    ),
    "secret": (
        r"[\w/+=.@!-]+-[A-Za-z0-9]{6}",
        "the name of a secret with the six characters that follow it in the ARN",
        "write what follows secret: in its ARN",
    ),
    "key_id": (
        r"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?",
        "the ID of a KMS key, or nothing",
        "write what follows key/ in its ARN",
    ),
    "security_group_id": (
        r"(sg-([0-9a-f]{8}|[0-9a-f]{17}))?",
        "sg- with 8 or 17 hexadecimal digits, or nothing",
        "copy the ID of the group from the VPC console",
    ),
}


@settings("databases.")
class Database:
    """A database that pipelines read with `p.database(…)`.

    Its owner creates the secret, and lets the security group of jobs in.
    """

    name: str
    """The name that pipelines use, such as `orders`."""
    host: str
    """The name or the address of the server."""
    port: int
    """1 to 65535: 5432 for PostgreSQL, 443 for Snowflake and Databricks."""
    secret: str
    """The name of the secret in Secrets Manager, with the six characters that follow it in its
    ARN. Its keys are those of the connector
    ([data-preparation.md](data-preparation.md#other-databases)).
    """
    key_id: str = ""
    """The ID of the KMS key of `secret`, if it is not the key of AWS."""
    addresses: tuple[str, ...] = ()
    """The route: IPv4 ranges of the server, to which alone jobs may connect at `port`; or
    `security_group_id`. Ranges outside of the VPC need a NAT gateway.
    """
    security_group_id: str = ""
    """The route: the security group of the server, or of a VPC endpoint by which it is reached; or
    `addresses`.
    """
    result_buckets: tuple[str, ...] = ()
    """Buckets in S3 of another account, from which a driver downloads large results: for Snowflake,
    the first part of the hosts of type STAGE in `SYSTEM$ALLOWLIST()`. Jobs may read their objects.
    """
    settings: Mapping[str, str] = field(default_factory=dict)
    """The settings of the connector, such as `{"database": "shop"}`."""

    def __post_init__(self) -> None:
        for name, (pattern, allowed, remedy) in _TEXTS.items():
            value = getattr(self, name)
            require_match(pattern, f"databases.{name}", value, allowed=allowed, remedy=remedy)
        require_between(f"{self.name}.port", self.port, 1, 65535)
        require(
            bool(self.addresses) != bool(self.security_group_id),
            f"{self.name}.addresses",
            self.addresses,
            allowed="one or more ranges, or none with security_group_id",
            remedy="declare the route of jobs by one of the two",
        )
        require_distinct(f"{self.name}.addresses", self.addresses)
        for each in self.addresses:
            self._check_range(each)
        for each in self.result_buckets:
            require_match(
                r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
                f"{self.name}.result_buckets",
                each,
                allowed="the name of a bucket",
                remedy="write the part of its host before .s3",
            )
        for name, value in self.settings.items():
            require_match(
                rf".{{1,{LONGEST}}}",
                f"{self.name}.settings[{name!r}]",
                value,
                allowed=f"a text of 1 to {LONGEST} characters",
                remedy="correct it, or leave it out",
            )

    def _check_range(self, value: str) -> None:
        require(
            _is_range(value),
            f"{self.name}.addresses",
            value,
            allowed="IPv4 ranges without host bits, and not all addresses",
            remedy="write one address like 10.9.0.12/32, or the range of the server",
        )

    def outside(self, ranges: Iterable[str]) -> list[str]:
        """Return those of the addresses that are not in one of these ranges."""
        known = [IPv4Network(each) for each in ranges]
        return [
            each
            for each in self.addresses
            if not any(IPv4Network(each).subnet_of(whole) for whole in known)
        ]


def _is_range(value: str) -> bool:
    """Whether EC2 takes the text as a range: Python also reads an address, and one with a mask."""
    try:
        found = IPv4Network(value)
    except ValueError:
        return False
    return found.prefixlen > 0 and str(found) == value
