"""Runs a plan: starts each step when it is ready, in parallel, until all steps have ended."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from botocore.config import Config

from local_cloud.context import Cloud
from local_cloud.sagemaker.exceptions import ExpressionError
from local_cloud.sagemaker.pipelines import retry_policies
from local_cloud.sagemaker.pipelines.callback_tokens import Callbacks
from local_cloud.sagemaker.pipelines.execution_record import STEPS_FAILED, Execution, StepRecord
from local_cloud.sagemaker.pipelines.execution_scope import ExecutionScope
from local_cloud.sagemaker.pipelines.expressions import evaluate
from local_cloud.sagemaker.pipelines.step_attempt import attempt
from local_cloud.sagemaker.pipelines.step_cache import CachedResult, StepCache, cache_key
from local_cloud.sagemaker.pipelines.step_context import (
    StepContext,
    StepFailed,
    StepStopped,
    StopSignal,
    unique_name,
)
from local_cloud.sagemaker.pipelines.steps import executors
from local_cloud.sagemaker.status_events import StatusPublisher

logger = logging.getLogger(__name__)

# A Lambda step may take ten minutes. The step's retry policies retry, not the client.
_ONCE = Config(read_timeout=660, retries={"max_attempts": 0, "mode": "standard"})
_DEFAULT_PARALLEL_STEPS = 50
_REASON_CHARACTERS = 1024


class ExecutionRunner:
    """Runs an execution or a retry of it."""

    def __init__(
        self,
        cloud: Cloud,
        execution: Execution,
        cache: StepCache,
        publisher: StatusPublisher,
        wait_for_job: Callable[[str], None],
        callbacks: Callbacks,
    ) -> None:
        self._cloud = cloud
        self._execution = execution
        self._cache = cache
        self._publisher = publisher
        self._wait_for_job = wait_for_job
        self._callbacks = callbacks
        self._stop_signal = StopSignal()
        self._running: set[str] = set()
        self._changed = threading.Condition(execution.lock)
        self._clients: dict[tuple[str, bool], Any] = {}
        self._clients_lock = threading.Lock()
        self._scope: ExecutionScope | None = None

    def start(self) -> None:
        """Start the run in a new thread."""
        name = f"execution-{self._execution.settings.execution_id}"
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def stop(self) -> None:
        """Start no more steps, and stop the running steps."""
        with self._changed:
            self._move_to("Stopping")
            for name in self._running:
                self._move_step(self._execution.steps[name], "Stopping")
        self._stop_signal.request()

    def _run(self) -> None:
        self._publisher.execution_changed(self._execution)
        with self._changed:
            while self._start_ready() or self._running:
                self._changed.wait()
            self._finish()

    def _start_ready(self) -> bool:
        """Start the steps that can start. Return whether a step was started."""
        may_begin = self._execution.status == "Executing" and not self._execution.has_failed_step()
        free_slots = (self._execution.max_parallel_steps or _DEFAULT_PARALLEL_STEPS) - len(
            self._running
        )
        ready = self._execution.ready_steps()[: max(0, free_slots)] if may_begin else []
        for step in ready:
            record = self._execution.start_step(step)
            self._running.add(step.name)
            self._publisher.step_changed(self._execution, record)
            threading.Thread(
                target=self._run_step, args=[record], name=f"step-{step.name}", daemon=True
            ).start()
        return bool(ready)

    def _finish(self) -> None:
        if self._execution.status == "Stopping":
            self._move_to("Stopped")
        elif self._execution.has_failed_step():
            self._execution.failure_reason = STEPS_FAILED
            self._move_to("Failed")
        else:
            self._move_to("Succeeded")
        self._execution.finished.set()

    def _run_step(self, record: StepRecord) -> None:
        status, reason = self._outcome(record)
        with self._changed:
            record.failure_reason = reason[:_REASON_CHARACTERS] if reason else None
            self._running.discard(record.step.name)
            self._move_step(record, status)
            self._changed.notify_all()

    def _outcome(self, record: StepRecord) -> tuple[str, str | None]:
        """Return the final status of a step, and the reason if it failed."""
        try:
            self._execute(record)
        except StepStopped:
            return "Stopped", None
        except (StepFailed, ExpressionError) as error:
            return "Failed", _reason(error)
        except Exception as error:  # boundary of a thread: end the step and log
            logger.exception("Step %s failed unexpectedly", record.step.name)
            return "Failed", f"InternalServerError: {type(error).__name__}: {error}"
        return "Succeeded", None

    def _execute(self, record: StepRecord) -> None:
        scope = self._get_scope()
        executor = executors()[record.step.type]
        unresolved = record.step.arguments
        arguments = {} if executor.evaluates_arguments else evaluate(unresolved, scope)
        key = None
        if record.step.cache_for is not None:
            members = evaluate(record.step.members, scope)
            key = cache_key(record.step.type, {**arguments, **members})
        if key is not None and self._take_from_cache(record, key):
            return
        self._set_executing(record)
        self._attempt_until_done(record, self._context(record, arguments, scope))
        if key is not None:
            result = CachedResult(
                self._execution.arn, datetime.now(UTC), record.properties, dict(record.metadata)
            )
            self._cache.add(record.step.name, key, result)

    def _take_from_cache(self, record: StepRecord, key: str) -> bool:
        assert record.step.cache_for is not None
        since = datetime.now(UTC) - record.step.cache_for
        hit = self._cache.find(record.step.name, key, since=since)
        if hit is None:
            return False
        record.cached_from = hit.execution_arn
        record.properties = hit.properties
        record.metadata = dict(hit.metadata)
        return True

    def _set_executing(self, record: StepRecord) -> None:
        with self._changed:
            if record.status == "Stopping":
                raise StepStopped
            self._move_step(record, "Executing")

    def _attempt_until_done(self, record: StepRecord, context: StepContext) -> None:
        while True:
            record.attempts += 1
            try:
                record.properties = attempt(context)
            except StepFailed as error:
                self._pause_before_retry(record, error)
                if not retry_policies.is_call_failure(error.exception_type):
                    context = context.renamed()
            else:
                return

    def _pause_before_retry(self, record: StepRecord, error: StepFailed) -> None:
        """Wait as the step's policies specify. Raise the error again if they allow no retry."""
        delay = retry_policies.delay_before_retry(
            record.step.retry_policies,
            exception_type=error.exception_type or "",
            retry=record.attempts,
            elapsed=datetime.now(UTC) - record.started,
        )
        if delay is None:
            raise error
        if self._stop_signal.requested.wait(delay):
            raise StepStopped

    def _context(
        self, record: StepRecord, arguments: Mapping[str, Any], scope: ExecutionScope
    ) -> StepContext:
        name_argument = executors()[record.step.type].name_argument
        prefix = str(arguments.get(name_argument, "")) if name_argument else ""
        return StepContext(
            execution=self._execution,
            step=record.step,
            name=unique_name(self._execution, record.step, prefix),
            prefix=prefix,
            arguments={key: each for key, each in arguments.items() if key != name_argument},
            client=self._client,
            reader=self._reader,
            evaluate=partial(evaluate, scope=scope),
            report=record.metadata.update,
            wait_for_job=self._wait_for_job,
            stop_signal=self._stop_signal,
            callbacks=self._callbacks,
        )

    def _get_scope(self) -> ExecutionScope:
        if self._scope is None:
            self._scope = ExecutionScope(self._execution, self._reader("s3"))
        return self._scope

    def _client(self, service: str) -> Any:
        """Return the client of a service with the pipeline's role. It does not retry."""
        return self._cached_client(service, _ONCE)

    def _reader(self, service: str) -> Any:
        """Return a client with the pipeline's role and the default retries of clients."""
        return self._cached_client(service, None)

    def _cached_client(self, service: str, config: Config | None) -> Any:
        settings, key = self._execution.settings, (service, config is None)
        with self._clients_lock:
            if key not in self._clients:
                self._clients[key] = self._cloud.client(
                    service,
                    role_arn=settings.role_arn,
                    session=settings.execution_id,
                    config=config,
                )
            return self._clients[key]

    def _move_to(self, status: str) -> None:
        self._execution.move_to(status)
        self._publisher.execution_changed(self._execution)

    def _move_step(self, record: StepRecord, status: str) -> None:
        record.move_to(status)
        self._publisher.step_changed(self._execution, record)


def _reason(error: Exception) -> str:
    if isinstance(error, StepFailed):
        return str(error)
    return f"ClientError: {error}"
