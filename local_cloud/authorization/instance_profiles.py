"""The role in an instance profile, which a service passes to instances of EC2."""

from __future__ import annotations

from moto.iam.models import iam_backends


def profile_role(profile: str, account: str) -> str | None:
    """Return the ARN of the role in the profile, a name or an ARN; None: there is no such role."""
    name = profile.rpartition("/")[2]
    found = list(iam_backends[account]["aws"].instance_profiles.values())
    roles = [role.arn for each in found if each.name == name for role in each.roles]
    return roles[0] if roles else None
