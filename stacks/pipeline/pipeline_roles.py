"""The roles of one pipeline: each allows exactly what the definition declares for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.common.permissions import Scope, derived_policy
from stacks.common.service_trust import sagemaker
from stacks.lake.model_objects import mark_writer
from stacks.pipeline.code_archive import CodeArchive
from stacks.pipeline.emr_roles import instance_profile, principal
from stacks.pipeline.execution_scopes import execution_scopes
from stacks.pipeline.job_scopes import job_scopes
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.platform import Platform


class PipelineRoles(Construct):
    """`execution`: role of SageMaker Pipelines; `jobs`: roles of its jobs and models."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        platform: Platform,
        pipeline: PipelineContext,
        code: CodeArchive,
        queues: Mapping[str, sqs.IQueue],
        values: Mapping[str, str],
    ) -> None:
        super().__init__(scope, name)
        self.policies: list[iam.Policy] = []
        manifest, jobs = pipeline.manifest, {}
        for role in manifest.roles:
            access = manifest.job(role)
            scopes = job_scopes(
                self,
                access,
                role=role,
                platform=platform,
                pipeline=pipeline,
                code=code,
                values=values,
            )
            jobs[role] = self._role(
                f"{role}Role", access.actions, scopes, assumed_by=principal(self, role)
            )
            if manifest.writes_models(role):
                mark_writer(jobs[role])
        scopes = execution_scopes(
            self,
            platform=platform,
            pipeline=pipeline,
            queues=queues,
            values=values,
            jobs=jobs.values(),
        )
        self.execution = self._role(
            "ExecutionRole", manifest.execution.actions, scopes, assumed_by=sagemaker(self)
        )
        self._jobs = jobs
        self._profile = instance_profile(self, jobs)

    @property
    def values(self) -> dict[str, str]:
        """The roles of jobs, as values of the definition."""
        arns = {f"{name}RoleArn": role.role_arn for name, role in self._jobs.items()}
        return {**arns, **self._profile}

    def _role(
        self,
        name: str,
        actions: Collection[str],
        scopes: Mapping[str, Scope],
        *,
        assumed_by: iam.IPrincipal,
    ) -> iam.Role:
        role = iam.Role(self, name, assumed_by=assumed_by)
        self.policies.append(
            derived_policy(self, f"{name}Policy", role=role, actions=actions, scopes=scopes)
        )
        return role
