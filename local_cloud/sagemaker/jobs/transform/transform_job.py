"""Transform jobs. Source: CreateTransformJob."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.context import Cloud
from local_cloud.sagemaker.exceptions import JobFailed, JobStopped
from local_cloud.sagemaker.hosting import Fleet, HostingFailed, HostTerminated, ServiceFault, hosted
from local_cloud.sagemaker.jobs.job import Job
from local_cloud.sagemaker.jobs.job_hosts import InstanceLost
from local_cloud.sagemaker.jobs.job_kinds import TRANSFORM
from local_cloud.sagemaker.jobs.job_task import JobTask
from local_cloud.sagemaker.jobs.s3_transfers import S3Object, objects_of, shard, split_uri
from local_cloud.sagemaker.jobs.transform.data_log import DataLog
from local_cloud.sagemaker.jobs.transform.ordered_work import in_order
from local_cloud.sagemaker.jobs.transform.payloads import ObjectFailed, Payload, output_of, payloads
from local_cloud.sagemaker.jobs.transform.transform_settings import TransformSettings
from local_cloud.transient_errors import is_transient

# Prefixes of failure reasons: the model rejected a request, the model failed, S3 failed.
_REFUSED, _FAULT, _SERVICE_FAULT = "ClientError", "AlgorithmError", "InternalServerError"
_FIRST_REFUSAL, _FIRST_FAULT = 400, 500
_FIRST_PAUSE_SECONDS = 0.2
_MESSAGE_CHARACTERS = 400


class TransformTask(JobTask):
    """The task of a transform job. It uses the role of its model."""

    kind = TRANSFORM

    def __init__(
        self, cloud: Cloud, request: Mapping[str, Any], arn: str, *, model_role_arn: str
    ) -> None:
        super().__init__(cloud, request, arn)
        self.settings = TransformSettings.read(request)
        self._role_arn = model_role_arn

    @property
    def role_arn(self) -> str:
        """The model's execution role."""
        return self._role_arn

    def objects(self) -> list[S3Object]:
        """Return the objects to transform, in order. Raises `JobFailed`."""
        source = self.request["TransformInput"]["DataSource"]["S3DataSource"]
        return objects_of(self.s3, uri=source["S3Uri"], data_type=source["S3DataType"])

    def get(self, found: S3Object, file: IO[bytes]) -> None:
        """Write an object's content to a file. Raises `ObjectFailed`."""
        try:
            answer = self.s3.get_object(Bucket=found.bucket, Key=found.key)
            shutil.copyfileobj(answer["Body"], file)
        except (BotoCoreError, ClientError) as error:
            raise _not_moved("it cannot be read", error) from error
        file.seek(0)

    def put(self, found: S3Object, content: IO[bytes]) -> None:
        """Write the output of an object from a file. Raises `ObjectFailed`."""
        content.seek(0)
        output = self.request["TransformOutput"]
        bucket, prefix = split_uri(output["S3OutputPath"])
        key = f"{prefix.rstrip('/')}/{found.relative_path}.out".lstrip("/")
        kms_key = output.get("KmsKeyId")
        options = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
        try:
            self.s3.put_object(Bucket=bucket, Key=key, Body=content, **options)
        except (BotoCoreError, ClientError) as error:
            raise _not_moved("its output cannot be written", error) from error


class TransformJob(Job):
    """A transform job. Each instance hosts the model, and sends batches of its objects to it.

    As on AWS, the output of an object is written when the object is completely transformed. If an
    object fails, the job fails, but the outputs of the other objects are written.
    """

    task: TransformTask

    def __init__(self, task: TransformTask, *, on_change: Callable[[Job], None]) -> None:
        super().__init__(task, on_change=on_change)
        self._log = DataLog(task.client("logs"), job_name=task.name)
        self._failures: dict[str, ObjectFailed] = {}

    def _run_task(self) -> None:
        objects = self.task.objects()
        self._history.start_clock()
        self._log.begin(self.task.settings)
        shares = list(self._shares(objects))
        with ThreadPoolExecutor(len(shares), thread_name_prefix=self.task.name) as pool:
            running = [
                pool.submit(self._run_instance, f"algo-{number}", share)
                for number, share in enumerate(shares, start=1)
            ]
            for one in running:
                one.result()
        for name in sorted(self._failures):
            failure = self._failures[name]
            raise JobFailed(f"{failure.kind}: {name}: {failure}. See job logs for more information")

    def _shares(self, objects: Sequence[S3Object]) -> Iterator[list[S3Object]]:
        """Yield the objects of each instance. An instance without objects is not started."""
        count = int(self.task.request["TransformResources"]["InstanceCount"])
        for index in range(min(count, len(objects))):
            yield shard(objects, distribution="ShardedByS3Key", index=index, count=count)

    def _run_instance(self, name: str, objects: Sequence[S3Object]) -> None:
        try:
            with self._hosted(name) as fleet:
                for found in objects:
                    self._transform(found, fleet)
        except ServiceFault as error:
            raise JobFailed(f"{_SERVICE_FAULT}: {error}") from error
        except HostingFailed as error:
            raise JobFailed(f"AlgorithmError: The model cannot be hosted: {error}") from error

    def _hosted(self, name: str) -> Any:
        request = self.task.request
        return hosted(
            self.task.cloud,
            request["ModelName"],
            instance_type=request["TransformResources"]["InstanceType"],
            log_group=self.task.kind.log_group,
            log_stream=self.task.name,
            arn_of=lambda _: f"{self.task.arn}/{name}",
            environment={"SAGEMAKER_BATCH": "true", **(request.get("Environment") or {})},
            response_seconds=self.task.settings.timeout_seconds,
        )

    def _transform(self, found: S3Object, fleet: Fleet) -> None:
        name = f"{found.bucket}/{found.key}"
        try:
            with tempfile.TemporaryFile() as content, tempfile.TemporaryFile() as output:
                self.task.get(found, content)
                for part in self._output(content, fleet):
                    output.write(part)
                self.task.put(found, output)
        except ObjectFailed as failure:
            self._failures[name] = failure
            self._log.log(name, failure)

    def _output(self, content: IO[bytes], fleet: Fleet) -> Iterator[bytes]:
        """Yield the responses to an object's requests, in order."""
        settings = self.task.settings

        def ask(payload: Payload) -> bytes:
            return output_of(payload, self._invoke_with_retries(payload.body, fleet), settings)

        return in_order(ask, payloads(content, settings), threads=settings.max_concurrent)

    def _invoke_with_retries(self, body: bytes, fleet: Fleet) -> bytes:
        """Return the response of the model. Server errors and timeouts are retried."""
        pauses = (_FIRST_PAUSE_SECONDS * 2**n for n in range(self.task.settings.retries))
        while True:
            if self._stop.is_set():
                raise JobStopped("The job was stopped.")
            if fleet.has_lost_instance:
                raise InstanceLost
            try:
                return self._invoke(body, fleet)
            except ObjectFailed as failure:
                pause = next(pauses, None)
                if failure.kind == _REFUSED or pause is None:
                    raise
            self._stop.wait(pause)

    def _invoke(self, body: bytes, fleet: Fleet) -> bytes:
        settings = self.task.settings
        try:
            answer = fleet.invoke(body, content_type=settings.content_type, accept=settings.accept)
        except HostTerminated as error:
            if fleet.has_lost_instance:
                raise InstanceLost from error
            reason = f"Unable to get response from algorithm: {error}"
            raise ObjectFailed(reason, kind=_FAULT) from error
        if answer.status >= _FIRST_REFUSAL:
            raise _refusal(answer.status, answer.body)
        return answer.body


def _not_moved(what: str, error: Exception) -> ObjectFailed:
    kind = _SERVICE_FAULT if is_transient(error) else _REFUSED
    return ObjectFailed(f"{what}: {error}", kind=kind)


def _refusal(status: int, body: bytes) -> ObjectFailed:
    message = body.decode(errors="replace").strip()[:_MESSAGE_CHARACTERS]
    kind = _REFUSED if status < _FIRST_FAULT else _FAULT
    reason = f"Bad HTTP status received from algorithm: {status}"
    return ObjectFailed(f"{reason}. Message: {message}" if message else reason, kind=kind)
