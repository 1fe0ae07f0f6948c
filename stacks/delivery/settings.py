"""Where commits come from, and who delivers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from stacks.common.validation import require, require_match, require_one_of

Runner = Literal["CodePipeline", "GitHubActions"]
Provider = Literal["GitHub", "GitLab", "Bitbucket", "CodeCommit"]
RUNNERS = ("CodePipeline", "GitHubActions")
PROVIDERS = ("GitHub", "GitLab", "Bitbucket", "CodeCommit")


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """The delivery of one branch of a repository to all environments of the stages."""

    repository: str
    """`owner/name` of the repository; `name` for CodeCommit."""
    provider: Provider = "GitHub"
    """Where the repository is."""
    owner_id: str | None = None
    """The number of the owner on GitHub, with `repository_id`: parts of the subject of tokens."""
    repository_id: str | None = None
    """The number of the repository on GitHub."""
    branch: str = "main"
    """The branch whose commits are delivered."""
    runner: Runner = "CodePipeline"
    """`CodePipeline` runs the stages in the tools account, `GitHubActions` in the repository."""
    account: str | None = None
    """The twelve digits of the tools account, which contains the pipeline. Unused on GitHub."""
    region: str = "us-east-1"
    """The region of the pipeline."""
    log_days: int = 90
    """The days for which logs and artifacts of builds are kept."""
    owner: str = "machine-learning"
    """The tag `Owner` of all resources."""
    cost_center: str = "none"
    """The tag `CostCenter` of all resources."""

    def __post_init__(self) -> None:
        require_one_of(PROVIDERS, "delivery.provider", self.provider)
        require_one_of(RUNNERS, "delivery.runner", self.runner)
        part = r"[\w.-]{1,100}"
        require_match(
            part if self.provider == "CodeCommit" else rf"{part}(/{part})+",
            "delivery.repository",
            self.repository,
            allowed="owner/name, or the name of a repository of CodeCommit",
            remedy="correct it or delivery.provider",
        )
        require_match(
            r"\d{12}",
            "delivery.account",
            self.account or "0" * 12,
            allowed="twelve digits, or None",
            remedy="correct it",
        )
        for name, number in (("owner_id", self.owner_id), ("repository_id", self.repository_id)):
            require_match(
                r"[1-9]\d*",
                f"delivery.{name}",
                number or "1",
                allowed="the number that GitHub shows for it, or None",
                remedy="run: gh api repos/OWNER/NAME --jq '.owner.id, .id'",
            )
        require(
            (self.owner_id is None) == (self.repository_id is None),
            "delivery.repository_id",
            self.repository_id,
            allowed="a number if delivery.owner_id is one, otherwise None",
            remedy="set both",
        )
        require(
            self.runner != "GitHubActions" or self.provider == "GitHub",
            "delivery.provider",
            self.provider,
            allowed="GitHub where GitHub Actions run the stages",
            remedy="correct it, or set delivery.runner='CodePipeline'",
        )

    @property
    def subject(self) -> str:
        """The repository in the subject of a token of GitHub.

        https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
        """
        if self.owner_id is None:
            return f"repo:{self.repository}"
        owner, _, name = self.repository.partition("/")
        return f"repo:{owner}@{self.owner_id}/{name}@{self.repository_id}"

    def tags(self) -> dict[str, str]:
        """Return the tags of every resource."""
        return {
            "Project": "redline",
            "Environment": "delivery",
            "Owner": self.owner,
            "CostCenter": self.cost_center,
        }
