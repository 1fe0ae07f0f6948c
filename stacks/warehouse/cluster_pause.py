"""Pauses and resumes a cluster at the times of schedules."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from aws_cdk import aws_redshift as redshift
from constructs import Construct

from stacks.common.inline_policy import inline_policy
from stacks.config import Pause


class ClusterPause(Construct):
    """Two scheduled actions of Redshift, and the role with which its scheduler runs them.

    https://docs.aws.amazon.com/redshift/latest/mgmt/rs-mgmt-pause-resume-cluster.html
    """

    def __init__(
        self, scope: Construct, name: str, *, pause: Pause, cluster: redshift.CfnCluster, arn: str
    ) -> None:
        super().__init__(scope, name)
        self._identifier = cluster.cluster_identifier
        self._role = iam.Role(
            self,
            "Role",
            # AWS does not document that the scheduler sends aws:SourceAccount.
            assumed_by=iam.ServicePrincipal("scheduler.redshift.amazonaws.com"),
            description="Pauses and resumes the warehouse",
        )
        policy = inline_policy(
            self,
            "Policy",
            roles=[self._role],
            statements=[
                iam.PolicyStatement(
                    actions=["redshift:PauseCluster", "redshift:ResumeCluster"], resources=[arn]
                )
            ],
        )
        action = redshift.CfnScheduledAction.ScheduledActionTypeProperty
        target = {"cluster_identifier": cluster.ref}
        pauses = redshift.CfnScheduledAction.PauseClusterMessageProperty(**target)
        resumes = redshift.CfnScheduledAction.ResumeClusterMessageProperty(**target)
        for each in (
            self._action("pause", pause.pauses, action(pause_cluster=pauses)),
            self._action("resume", pause.resumes, action(resume_cluster=resumes)),
        ):
            each.node.add_dependency(policy)

    def _action(
        self,
        kind: str,
        schedule: str,
        target: redshift.CfnScheduledAction.ScheduledActionTypeProperty,
    ) -> redshift.CfnScheduledAction:
        return redshift.CfnScheduledAction(
            self,
            kind.capitalize(),
            scheduled_action_name=f"{self._identifier}-{kind}",
            schedule=schedule,
            iam_role=self._role.role_arn,
            target_action=target,
            enable=True,
        )
