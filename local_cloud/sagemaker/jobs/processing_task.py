"""Processing jobs: the `/opt/ml/processing` contract. Source: CreateProcessingJob."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from local_cloud.authorization.authorizer import NotAuthorized
from local_cloud.authorization.service_calls import require_role_permission, user_id
from local_cloud.context import ACCOUNT_ID
from local_cloud.sagemaker.exceptions import JobFailed
from local_cloud.sagemaker.jobs import athena_dataset, redshift_dataset, spark_image
from local_cloud.sagemaker.jobs.built_images import entrypoint_of
from local_cloud.sagemaker.jobs.changed_files import ChangedFiles
from local_cloud.sagemaker.jobs.container_images import (
    is_spark,
    processor_command,
    spark_command,
)
from local_cloud.sagemaker.jobs.container_task import ContainerTask, write_json
from local_cloud.sagemaker.jobs.input_distribution import distribute, fetch_s3
from local_cloud.sagemaker.jobs.job_hosts import Host
from local_cloud.sagemaker.jobs.job_kinds import PROCESSING
from local_cloud.sagemaker.jobs.s3_transfers import S3Object, upload_folder
from local_cloud.sagemaker.provisioning import Instances
from local_cloud.sagemaker.role_session import SESSION

_CONFIG = "/opt/ml/config"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingS3Output.html
_CONTINUOUS = "Continuous"
_DESCRIBED = (
    "ProcessingJobName",
    "AppSpecification",
    "Environment",
    "ProcessingInputs",
    "ProcessingOutputConfig",
    "ProcessingResources",
    "NetworkConfig",
    "RoleArn",
    "StoppingCondition",
)


class ProcessingTask(ContainerTask):
    """The task of a processing job."""

    kind = PROCESSING

    @property
    def instance_type(self) -> str:
        """The instance type in ClusterConfig."""
        instance_type: str = self._cluster["InstanceType"]
        return instance_type

    @property
    def instance_count(self) -> int:
        """The instance count in ClusterConfig."""
        return int(self._cluster["InstanceCount"])

    @property
    def has_network(self) -> bool:
        """False with `EnableNetworkIsolation`."""
        network = self.request.get("NetworkConfig") or {}
        return not network.get("EnableNetworkIsolation", False)

    @property
    def instances(self) -> Instances:
        """The cluster, in the subnets of NetworkConfig."""
        return Instances(
            region=self.cloud.region,
            image=self.request["AppSpecification"]["ImageUri"],
            log_group=self.kind.log_group,
            network=(self.request.get("NetworkConfig") or {}).get("VpcConfig"),
            volume_key=self._cluster.get("VolumeKmsKeyId"),
            output_key=self._output_key,
            # https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
            checks_network=True,
        )

    @property
    def _output_key(self) -> str | None:
        key: str | None = (self.request.get("ProcessingOutputConfig") or {}).get("KmsKeyId")
        return key

    def command(self) -> list[str]:
        """Return ContainerEntrypoint and ContainerArguments, or the image's own entry point."""
        application = self.request["AppSpecification"]
        entrypoint = application.get("ContainerEntrypoint")
        if self._is_spark:
            entrypoint = spark_command(entrypoint or [])
        image = application["ImageUri"]
        entrypoint = entrypoint or entrypoint_of(image) or processor_command(image)
        return [*entrypoint, *application.get("ContainerArguments", [])]

    @property
    def packages(self) -> Sequence[str] | None:
        """Those of the Spark image, or of a built image; None for those of this machine."""
        return [str(spark_image.packages())] if self._is_spark else super().packages

    def install(self, tell: Callable[[str], None]) -> None:
        """Install the packages of the Spark image."""
        if self._is_spark:
            spark_image.install(tell)

    def variables(self, scratch: Path) -> dict[str, str]:
        """Return PROCESSING_JOB_ARN, which the service documents, and those of the image."""
        own = spark_image.variables(scratch) if self._is_spark else {}
        return {"PROCESSING_JOB_ARN": self.arn, **own}

    def configure(self, host: Host, host_names: Sequence[str]) -> None:
        """Write processingjobconfig.json and resourceconfig.json; create the folders of outputs."""
        described = {name: self.request[name] for name in _DESCRIBED if name in self.request}
        config = {"ProcessingJobArn": self.arn, **described}
        write_json(host.path(f"{_CONFIG}/processingjobconfig.json"), config)
        resources = {"current_host": host.name, "hosts": list(host_names)}
        write_json(host.path(f"{_CONFIG}/resourceconfig.json"), resources)
        host.path("/opt/ml/output").mkdir(parents=True)
        for output in self._outputs:
            host.path(output["LocalPath"]).mkdir(parents=True, exist_ok=True)

    def fetch(self, hosts: Sequence[Host]) -> None:
        """Download S3 inputs and the results of dataset definitions."""
        for entry in self.request.get("ProcessingInputs", []):
            if "DatasetDefinition" in entry:
                self._fetch_dataset(entry["DatasetDefinition"], hosts)
            else:
                self._fetch_s3(entry["S3Input"], hosts)

    def copy_changes(self, hosts: Sequence[Host]) -> None:
        """Upload the new files of outputs with S3UploadMode Continuous."""
        for output in self._continuous:
            output.copy(hosts)

    def deliver(self, hosts: Sequence[Host]) -> None:
        """Upload every output of every host to its URI."""
        self.copy_changes(hosts)
        kms_key = self._output_key
        for output in self._outputs:
            if output["S3UploadMode"] == _CONTINUOUS:
                continue
            for host in hosts:
                upload_folder(self.s3, host.path(output["LocalPath"]), output["S3Uri"], kms_key)

    def deliver_stopped(self, hosts: Sequence[Host]) -> None:
        """Upload what an output with S3UploadMode Continuous has until the stop."""
        self.copy_changes(hosts)

    @property
    def _is_spark(self) -> bool:
        return is_spark(self.request["AppSpecification"]["ImageUri"])

    @property
    def _cluster(self) -> Mapping[str, Any]:
        cluster: Mapping[str, Any] = self.request["ProcessingResources"]["ClusterConfig"]
        return cluster

    @property
    def _outputs(self) -> list[Mapping[str, Any]]:
        config = self.request.get("ProcessingOutputConfig") or {"Outputs": []}
        return [output["S3Output"] for output in config["Outputs"]]

    @cached_property
    def _continuous(self) -> list[ChangedFiles]:
        return [
            ChangedFiles(output["LocalPath"], output["S3Uri"], self.s3, self._output_key)
            for output in self._outputs
            if output["S3UploadMode"] == _CONTINUOUS
        ]

    def _fetch_s3(self, source: Mapping[str, Any], hosts: Sequence[Host]) -> None:
        fetch_s3(
            self.s3,
            uri=source["S3Uri"],
            data_type=source["S3DataType"],
            distribution=source.get("S3DataDistributionType", "FullyReplicated"),
            path=source["LocalPath"],
            hosts=hosts,
        )

    def _fetch_dataset(self, definition: Mapping[str, Any], hosts: Sequence[Host]) -> None:
        distribute(
            self.s3,
            self._queried(definition),
            distribution=definition.get("DataDistributionType", "FullyReplicated"),
            path=definition["LocalPath"],
            hosts=hosts,
        )

    def _queried(self, definition: Mapping[str, Any]) -> list[S3Object]:
        """Run the query of a dataset definition. Return the objects with its rows."""
        if "AthenaDatasetDefinition" in definition:
            query = definition["AthenaDatasetDefinition"]
            name = self.request["ProcessingJobName"]
            return athena_dataset.unload(self.client("athena"), self.s3, query, job_name=name)
        query = definition["RedshiftDatasetDefinition"]
        self._query_as_role(query["ClusterId"])
        return redshift_dataset.unload(
            self.cloud,
            query,
            credentials=self.client("redshift"),
            caller_arn=self.session.arn,
        )

    def _query_as_role(self, cluster: str) -> None:
        """Check that the role may run the query by the Data API. Raises `JobFailed`."""
        arn = f"arn:aws:redshift:{self.cloud.region}:{ACCOUNT_ID}:cluster:{cluster}"
        own = {"redshift-data:statement-owner-iam-userid": (user_id(self.role_arn, SESSION),)}
        try:
            require_role_permission(self.role_arn, SESSION, "redshift-data:ExecuteStatement", arn)
            require_role_permission(
                self.role_arn, SESSION, "redshift-data:DescribeStatement", "*", own
            )
        except NotAuthorized as error:
            raise JobFailed(f"ClientError: The query cannot be run: {error}") from error
