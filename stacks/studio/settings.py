"""SageMaker Studio in an environment."""

from __future__ import annotations

from stacks.common.settings_class import settings
from stacks.common.validation import require, require_between, require_distinct, require_match


@settings("studio.")
class Studio:
    """A SageMaker Studio domain in the private subnets, for JupyterLab ([studio.md](studio.md))."""

    users: tuple[str, ...]
    """The names of the user profiles: 1 to 63 letters, digits and single hyphens."""
    idle_minutes: int = 60
    """60 to 525600: the minutes after which an idle JupyterLab is shut down."""
    wheels: str = ""
    """A folder with wheels and a `requirements.txt`, relative to the root of the repository, which
    JupyterLab installs when it starts, because it reaches no package index.
    """

    def __post_init__(self) -> None:
        require(
            bool(self.users),
            "studio.users",
            self.users,
            allowed='a tuple of names: ("ada",) with a comma, even for a single one',
            remedy="name the users",
        )
        for name in self.users:
            require_match(
                r"(?=.{1,63}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*",
                "studio.users",
                name,
                allowed="1 to 63 letters, digits and hyphens",
                remedy="correct the name",
            )
        require_distinct("studio.users", self.users)
        require_between("studio.idle_minutes", self.idle_minutes, 60, 525_600)
