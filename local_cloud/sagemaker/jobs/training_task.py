"""Training jobs: the `/opt/ml/input`, `/opt/ml/model` contract. Source: CreateTrainingJob."""

from __future__ import annotations

import tarfile
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from local_cloud.context import Cloud
from local_cloud.sagemaker.jobs.built_images import base_repository, built_image, entrypoint_of
from local_cloud.sagemaker.jobs.checkpoint_copies import CheckpointCopies
from local_cloud.sagemaker.jobs.container_images import (
    metric_definitions,
    training_command,
    version_of,
)
from local_cloud.sagemaker.jobs.container_task import ContainerTask, write_json
from local_cloud.sagemaker.jobs.input_distribution import fetch_s3
from local_cloud.sagemaker.jobs.job_hosts import Host
from local_cloud.sagemaker.jobs.job_kinds import TRAINING
from local_cloud.sagemaker.jobs.s3_transfers import upload, upload_folder
from local_cloud.sagemaker.jobs.training_metrics import MetricReader
from local_cloud.sagemaker.provisioning import Instances

MODEL = "/opt/ml/model"
_OUTPUT_DATA = "/opt/ml/output/data"
_CONFIG = "/opt/ml/input/config"
_GROUP = "homogeneousCluster"


class TrainingTask(ContainerTask):
    """The task of a training job."""

    kind = TRAINING

    def __init__(self, cloud: Cloud, request: Mapping[str, Any], arn: str) -> None:
        super().__init__(cloud, request, arn)
        algorithm = request["AlgorithmSpecification"]
        self.metrics = MetricReader(
            metric_definitions(
                algorithm,
                request.get("HyperParameters"),
                is_own=bool(entrypoint_of(algorithm["TrainingImage"])),
            )
        )

    @property
    def instance_type(self) -> str:
        """The instance type in ResourceConfig."""
        instance_type: str = self.request["ResourceConfig"]["InstanceType"]
        return instance_type

    @property
    def instance_count(self) -> int:
        """The instance count in ResourceConfig."""
        return int(self.request["ResourceConfig"]["InstanceCount"])

    @property
    def has_network(self) -> bool:
        """False with `EnableNetworkIsolation`."""
        return not self.request.get("EnableNetworkIsolation", False)

    @property
    def connects_hosts(self) -> bool:
        """True: distributed training needs it."""
        return True

    @property
    def instances(self) -> Instances:
        """The instances of ResourceConfig, in the subnets of VpcConfig."""
        return Instances(
            region=self.cloud.region,
            image=self.request["AlgorithmSpecification"]["TrainingImage"],
            log_group=self.kind.log_group,
            network=self.request.get("VpcConfig"),
            volume_key=self.request["ResourceConfig"].get("VolumeKmsKeyId"),
            output_key=self._output_key,
        )

    @property
    def artifacts_uri(self) -> str:
        """`ModelArtifacts.S3ModelArtifacts`, which is known before the job ends."""
        return f"{self._output_uri}/model" + ("" if self._is_raw else ".tar.gz")

    @property
    def max_wait_seconds(self) -> int | None:
        """MaxWaitTimeInSeconds with EnableManagedSpotTraining."""
        if not self.request.get("EnableManagedSpotTraining"):
            return None
        return int(self.request["StoppingCondition"]["MaxWaitTimeInSeconds"])

    @cached_property
    def _checkpoints(self) -> CheckpointCopies | None:
        config = self.request.get("CheckpointConfig")
        return CheckpointCopies(config, self.s3, self._output_key) if config else None

    def command(self) -> list[str]:
        """Return ContainerEntrypoint and ContainerArguments, or the image's own entry point."""
        algorithm = self.request["AlgorithmSpecification"]
        image = algorithm["TrainingImage"]
        if "ContainerEntrypoint" not in algorithm and (entrypoint := entrypoint_of(image)):
            # https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html
            return [*entrypoint, "train"]
        if "ContainerEntrypoint" not in algorithm:
            return training_command(
                base_repository(image),
                self.request.get("HyperParameters") or {},
                version="" if built_image(image) else version_of(image),
            )
        return [*algorithm["ContainerEntrypoint"], *algorithm.get("ContainerArguments", [])]

    def variables(self, scratch: Path) -> dict[str, str]:
        """Return the two variables of every training container."""
        return {"TRAINING_JOB_NAME": self.name, "TRAINING_JOB_ARN": self.arn}

    def configure(self, host: Host, host_names: Sequence[str]) -> None:
        """Write hyperparameters.json, inputdataconfig.json and resourceconfig.json."""
        parameters = self.request.get("HyperParameters", {})
        write_json(host.path(f"{_CONFIG}/hyperparameters.json"), parameters)
        channels = {channel["ChannelName"]: _describe(channel) for channel in self._channels}
        write_json(host.path(f"{_CONFIG}/inputdataconfig.json"), channels)
        if self._checkpoints:
            described = {**self.request["CheckpointConfig"], "LocalPath": self._checkpoints.path}
            write_json(host.path(f"{_CONFIG}/checkpointconfig.json"), described)
        resources = self._resources(host.name, list(host_names))
        write_json(host.path(f"{_CONFIG}/resourceconfig.json"), resources)
        for folder in (MODEL, _OUTPUT_DATA):
            host.path(folder).mkdir(parents=True)

    def fetch(self, hosts: Sequence[Host]) -> None:
        """Download every channel to /opt/ml/input/data/<channel>, and the checkpoints."""
        for channel in self._channels:
            source = channel["DataSource"]["S3DataSource"]
            fetch_s3(
                self.s3,
                uri=source["S3Uri"],
                data_type=source["S3DataType"],
                distribution=source.get("S3DataDistributionType", "FullyReplicated"),
                path=f"/opt/ml/input/data/{channel['ChannelName']}",
                hosts=hosts,
            )
        if self._checkpoints:
            self._checkpoints.fetch(hosts)

    def copy_changes(self, hosts: Sequence[Host]) -> None:
        """Copy new checkpoints to the S3Uri of CheckpointConfig."""
        if self._checkpoints:
            self._checkpoints.copy(hosts)

    def deliver(self, hosts: Sequence[Host]) -> None:
        """Upload the model folders of all hosts as one archive, and /opt/ml/output/data if used."""
        self.metrics.publish(self.client("cloudwatch"), self.name)
        self.copy_changes(hosts)
        self._deliver_folders([host.path(MODEL) for host in hosts], "model")
        extra = [host.path(_OUTPUT_DATA) for host in hosts]
        if any(any(folder.iterdir()) for folder in extra):
            self._deliver_folders(extra, "output")

    def observe(self, line: str) -> None:
        """Search for the metrics of the MetricDefinitions."""
        self.metrics.read(line)

    def results(self) -> dict[str, Any]:
        """Return ModelArtifacts and FinalMetricDataList."""
        results: dict[str, Any] = {"ModelArtifacts": {"S3ModelArtifacts": self.artifacts_uri}}
        if metrics := self.metrics.final():
            results["FinalMetricDataList"] = metrics
        return results

    def deliver_stopped(self, hosts: Sequence[Host]) -> None:
        """Upload the model that a stopped job has saved."""
        if any(any(host.path(MODEL).iterdir()) for host in hosts):
            self.deliver(hosts)

    @property
    def _channels(self) -> list[Mapping[str, Any]]:
        channels: list[Mapping[str, Any]] = self.request.get("InputDataConfig", [])
        return channels

    @property
    def _output_uri(self) -> str:
        base: str = self.request["OutputDataConfig"]["S3OutputPath"]
        return f"{base.rstrip('/')}/{self.name}/output"

    @property
    def _output_key(self) -> str | None:
        key: str | None = self.request["OutputDataConfig"].get("KmsKeyId")
        return key

    @property
    def _is_raw(self) -> bool:
        return bool(self.request["OutputDataConfig"].get("CompressionType") == "NONE")

    def _resources(self, host_name: str, host_names: list[str]) -> dict[str, Any]:
        group = {
            "instance_group_name": _GROUP,
            "instance_type": self.instance_type,
            "hosts": host_names,
        }
        return {
            "current_host": host_name,
            "current_instance_type": self.instance_type,
            "current_group_name": _GROUP,
            "hosts": host_names,
            "instance_groups": [group],
            "network_interface_name": "eth0",
        }

    def _deliver_folders(self, folders: Sequence[Path], name: str) -> None:
        kms_key = self._output_key
        if self._is_raw:
            for folder in folders:
                upload_folder(self.s3, folder, f"{self._output_uri}/{name}", kms_key)
            return
        archive = folders[0].parent / f"{name}.tar.gz"
        _pack(folders, archive)
        upload(self.s3, archive, f"{self._output_uri}/{name}.tar.gz", kms_key)


def _describe(channel: Mapping[str, Any]) -> dict[str, str]:
    source = channel["DataSource"]["S3DataSource"]
    return {
        "ContentType": channel.get("ContentType", ""),
        "TrainingInputMode": channel.get("InputMode", "File"),
        "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
        "RecordWrapperType": channel.get("RecordWrapperType", "None"),
    }


def _pack(folders: Sequence[Path], archive: Path) -> None:
    """Pack all folders into one archive. A file of a later host replaces the same file."""
    files = {
        path.relative_to(folder): path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    with tarfile.open(archive, "w:gz", compresslevel=6) as packed:
        for name in sorted(files):
            packed.add(files[name], arcname=str(name))
