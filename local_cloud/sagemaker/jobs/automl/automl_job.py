"""AutoML jobs: cross-validate candidates, and write the model of each of them."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from local_cloud.context import Cloud
from local_cloud.sagemaker.jobs.automl.automl_checks import CONTENT_TYPES
from local_cloud.sagemaker.jobs.automl.data_checks import header_of
from local_cloud.sagemaker.jobs.container_images import CONTAINERS
from local_cloud.sagemaker.jobs.container_job import ContainerJob
from local_cloud.sagemaker.jobs.container_task import ContainerTask, write_json
from local_cloud.sagemaker.jobs.input_distribution import distribute
from local_cloud.sagemaker.jobs.job_hosts import Host
from local_cloud.sagemaker.jobs.job_kinds import AUTOML
from local_cloud.sagemaker.jobs.s3_transfers import objects_of, upload
from local_cloud.sagemaker.provisioning import Instances

_CONFIG = "/opt/ml/input/config/automl.json"
_DATA = "/opt/ml/input/data/training"
_MODEL = "/opt/ml/model"
_LEADERBOARD = "/opt/ml/output/leaderboard.json"
# The service chooses the instances; these have the memory of its smallest choice.
_INSTANCE_TYPE = "ml.m5.4xlarge"
_MAX_CANDIDATES, _MAX_SECONDS = 250, 86_400
# The service needs 500 rows; sample data may have fewer.
_MIN_ROWS = 10
# The image that serves candidates here. AWS' own images of candidates are not available.
_IMAGE = "683313688378.dkr.ecr.{region}.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3"


class AutoMLTask(ContainerTask):
    """The task of an AutoML job."""

    kind = AUTOML

    def __init__(self, cloud: Cloud, request: Mapping[str, Any], arn: str) -> None:
        super().__init__(cloud, request, arn)
        self.leaderboard: dict[str, Any] = {}

    @property
    def instance_type(self) -> str:
        """The instance type, which the service chooses."""
        return _INSTANCE_TYPE

    @property
    def instance_count(self) -> int:
        """One instance."""
        return 1

    @property
    def has_network(self) -> bool:
        """The search needs no network."""
        return False

    @property
    def max_runtime_seconds(self) -> int:
        """The limit of the whole job; the search itself ends before."""
        return self._max_seconds + 3600

    @property
    def instances(self) -> Instances:
        """The keys and the network of SecurityConfig. The image is the service's own."""
        security = (self.request.get("AutoMLJobConfig") or {}).get("SecurityConfig") or {}
        return Instances(
            region=self.cloud.region,
            image="",
            log_group=self.kind.log_group,
            network=security.get("VpcConfig"),
            volume_key=security.get("VolumeKmsKeyId"),
            output_key=self.request["OutputDataConfig"].get("KmsKeyId"),
        )

    def command(self) -> list[str]:
        """Return the command of the search."""
        return ["python3", str(CONTAINERS), "automl.search"]

    def variables(self, scratch: Path) -> dict[str, str]:
        """Return no variables."""
        return {}

    def configure(self, host: Host, host_names: Sequence[str]) -> None:
        """Create the folders."""
        for folder in (_MODEL, "/opt/ml/output"):
            host.path(folder).mkdir(parents=True)

    def fetch(self, hosts: Sequence[Host]) -> None:
        """Check the files and download them, and write the settings of the search."""
        source = self._channel["DataSource"]["S3DataSource"]
        objects = objects_of(self.s3, uri=source["S3Uri"], data_type=source["S3DataType"])
        target = self._channel["TargetAttributeName"]
        is_present = self._channel.get("ContentType", CONTENT_TYPES[0]) == CONTENT_TYPES[0]
        header = header_of(self.s3, objects, target=target, is_present=is_present)
        distribute(self.s3, objects, distribution="FullyReplicated", path=_DATA, hosts=hosts)
        criteria = (self.request.get("AutoMLJobConfig") or {}).get("CompletionCriteria") or {}
        settings = {
            "target": target,
            "header": header,
            "problem_type": self.request.get("ProblemType"),
            "objective": (self.request.get("AutoMLJobObjective") or {}).get("MetricName"),
            "max_candidates": int(criteria.get("MaxCandidates") or _MAX_CANDIDATES),
            "max_seconds": self._max_seconds,
            "min_rows": _MIN_ROWS,
        }
        for host in hosts:
            write_json(host.path(_CONFIG), settings)

    def deliver(self, hosts: Sequence[Host]) -> None:
        """Upload the model of each candidate, and the leaderboard."""
        (host,) = hosts
        board = host.path(_LEADERBOARD)
        leaderboard = json.loads(board.read_text())
        for entry in leaderboard["candidates"]:
            folder = host.path(_MODEL) / entry["name"]
            archive = folder.with_suffix(".tar.gz")
            with tarfile.open(archive, "w:gz", compresslevel=6) as packed:
                packed.add(folder, arcname=".")
            upload(self.s3, archive, self._model_uri(entry["name"]), self._kms_key)
        upload(self.s3, board, self.leaderboard_uri, self._kms_key)
        self.leaderboard = leaderboard

    @property
    def leaderboard_uri(self) -> str:
        """The S3 URI of the leaderboard."""
        return f"{self._base}/leaderboard/leaderboard.json"

    def candidates(self) -> list[dict[str, Any]]:
        """Return the AutoMLCandidates of a completed search, the best first."""
        return [self._candidate(entry) for entry in self.leaderboard.get("candidates", [])]

    def results(self) -> dict[str, Any]:
        """Return BestCandidate and ResolvedAttributes."""
        best = self.candidates()[:1]
        if not best:
            return {}
        objective = {"MetricName": self.leaderboard["objective"]}
        resolved = {
            "AutoMLJobObjective": objective,
            "ProblemType": self.leaderboard["problem_type"],
        }
        return {"BestCandidate": best[0], "ResolvedAttributes": resolved}

    def _candidate(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        started, ended = (datetime.fromisoformat(entry[name]) for name in ("started", "ended"))
        return {
            "CandidateName": f"{self.name}-{entry['name']}",
            "FinalAutoMLJobObjectiveMetric": {
                "Type": "Maximize" if entry["maximize"] else "Minimize",
                "MetricName": self.leaderboard["objective"],
                "Value": entry["value"],
            },
            "ObjectiveStatus": "Succeeded",
            "CandidateStatus": "Completed",
            "CandidateSteps": [],
            "InferenceContainers": [self._container(entry["name"])],
            "CreationTime": started,
            "EndTime": ended,
            "LastModifiedTime": ended,
        }

    def _container(self, name: str) -> dict[str, Any]:
        return {
            "Image": _IMAGE.format(region=self.cloud.region),
            "ModelDataUrl": self._model_uri(name),
            "Environment": {
                "MODEL_NAME": name,
                "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv",
                "SAGEMAKER_INFERENCE_OUTPUT": "predicted_label",
                "SAGEMAKER_INFERENCE_SUPPORTED": "predicted_label,probability",
                "SAGEMAKER_PROGRAM": "inference.py",
                "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
            },
        }

    @property
    def _channel(self) -> Mapping[str, Any]:
        channel: Mapping[str, Any] = self.request["InputDataConfig"][0]
        return channel

    @property
    def _max_seconds(self) -> int:
        criteria = (self.request.get("AutoMLJobConfig") or {}).get("CompletionCriteria") or {}
        return int(criteria.get("MaxAutoMLJobRuntimeInSeconds") or _MAX_SECONDS)

    @property
    def _kms_key(self) -> str | None:
        key: str | None = self.request["OutputDataConfig"].get("KmsKeyId")
        return key

    @property
    def _base(self) -> str:
        return f"{self.request['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{self.name}"

    def _model_uri(self, name: str) -> str:
        return f"{self._base}/sagemaker-automl-candidates/{name}/model.tar.gz"


class AutoMLJob(ContainerJob):
    """An AutoML job, whose response names the end and the phase in its own words."""

    task: AutoMLTask

    def describe(self) -> dict[str, Any]:
        """Return the members of DescribeAutoMLJob."""
        found = super().describe()
        status = found["AutoMLJobStatus"]
        found["AutoMLJobSecondaryStatus"] = "Starting" if status == "InProgress" else status
        if "AutoMLEndTime" in found:
            found["EndTime"] = found["AutoMLEndTime"]
        return found
