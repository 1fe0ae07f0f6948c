"""AWS' managed prefix lists of the addresses of S3, so that synthesis makes no lookups.

No page of AWS with all IDs was found. Examples of DescribePrefixLists in its documentation show
pl-63a5400a, and the ID of eu-west-1; the others are from public templates and are not verified. A
wrong ID fails the deployment; `network.s3_prefix_list` of the environment replaces it.
"""

from __future__ import annotations

from collections.abc import Mapping

from stacks.config import Environment, refuse

S3_PREFIX_LISTS: Mapping[str, str] = {
    "ap-northeast-1": "pl-61a54008",
    "ap-northeast-2": "pl-78a54011",
    "ap-south-1": "pl-78a54011",
    "ap-southeast-1": "pl-6fa54006",
    "ap-southeast-2": "pl-6ca54005",
    "eu-central-1": "pl-6ea54007",
    "eu-west-1": "pl-6da54004",
    "sa-east-1": "pl-6aa54003",
    "us-east-1": "pl-63a5400a",
    "us-east-2": "pl-7ba54012",
    "us-west-1": "pl-6ba54002",
    "us-west-2": "pl-68a54001",
}


def s3_prefix_list(environment: Environment) -> str:
    """The prefix list of S3 in the region of the environment.

    Raises:
        ConfigurationError: the region is not in the table, and `network.s3_prefix_list` is empty.
    """
    found = environment.network.s3_prefix_list or S3_PREFIX_LISTS.get(environment.region)
    if not found:
        raise refuse(
            "network.s3_prefix_list",
            "",
            allowed=f"the prefix list of S3 in {environment.region}, such as pl-63a5400a",
            remedy="set it to the PrefixListId that this command prints: aws ec2 "
            f"describe-prefix-lists --region {environment.region} --filters "
            f"Name=prefix-list-name,Values=com.amazonaws.{environment.region}.s3",
        )
    return found
