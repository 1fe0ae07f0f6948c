"""Carrying out a plan: what is ready begins, side by side, until nothing is left to do."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from botocore.config import Config

from local_cloud.context import Cloud
from local_cloud.sagemaker import retries
from local_cloud.sagemaker.caching import CachedResult, StepCache, cache_key
from local_cloud.sagemaker.callbacks import Callbacks
from local_cloud.sagemaker.errors import ExpressionError
from local_cloud.sagemaker.events import Publisher
from local_cloud.sagemaker.execution import STEPS_FAILED, Execution, StepRun
from local_cloud.sagemaker.expressions import evaluate
from local_cloud.sagemaker.scope import ExecutionScope
from local_cloud.sagemaker.steps.attempt import attempt
from local_cloud.sagemaker.steps.context import (
    StepContext,
    StepFailed,
    StepStopped,
    Stopper,
    unique_name,
)

logger = logging.getLogger(__name__)

# A Lambda step may last ten minutes. Retries are the business of the step's policies.
_ONCE = Config(read_timeout=660, retries={"max_attempts": 0, "mode": "standard"})
_DEFAULT_PARALLEL_STEPS = 50
_REASON_CHARACTERS = 1024


class Run:
    """The carrying out of one execution (or of its retry)."""

    def __init__(
        self,
        cloud: Cloud,
        execution: Execution,
        cache: StepCache,
        publisher: Publisher,
        wait_for_job: Callable[[str], None],
        callbacks: Callbacks,
    ) -> None:
        self._cloud = cloud
        self._execution = execution
        self._cache = cache
        self._publisher = publisher
        self._wait_for_job = wait_for_job
        self._callbacks = callbacks
        self._stopper = Stopper()
        self._running: set[str] = set()
        self._changed = threading.Condition(execution.lock)
        self._clients: dict[tuple[str, bool], Any] = {}
        self._clients_lock = threading.Lock()
        self._scope: ExecutionScope | None = None

    def start(self) -> None:
        """Begin in a thread of its own."""
        name = f"execution-{self._execution.order.execution_id}"
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def stop(self) -> None:
        """Begin no further step and stop what runs."""
        with self._changed:
            self._move_to("Stopping")
            for name in self._running:
                self._move_step(self._execution.steps[name], "Stopping")
        self._stopper.ask()

    def _run(self) -> None:
        self._publisher.execution_changed(self._execution)
        with self._changed:
            while self._begin_ready() or self._running:
                self._changed.wait()
            self._finish()

    def _begin_ready(self) -> bool:
        """Begin what may begin; returns whether anything did."""
        may_begin = self._execution.status == "Executing" and not self._execution.has_failed_step()
        room = (self._execution.max_parallel_steps or _DEFAULT_PARALLEL_STEPS) - len(self._running)
        ready = self._execution.ready_steps()[: max(0, room)] if may_begin else []
        for step in ready:
            run = self._execution.begin(step)
            self._running.add(step.name)
            self._publisher.step_changed(self._execution, run)
            threading.Thread(
                target=self._run_step, args=[run], name=f"step-{step.name}", daemon=True
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

    def _run_step(self, run: StepRun) -> None:
        status, reason = self._outcome(run)
        with self._changed:
            run.failure_reason = reason[:_REASON_CHARACTERS] if reason else None
            self._running.discard(run.step.name)
            self._move_step(run, status)
            self._changed.notify_all()

    def _outcome(self, run: StepRun) -> tuple[str, str | None]:
        """The final status of a step, and the reason when it failed."""
        try:
            self._carry_out(run)
        except StepStopped:
            return "Stopped", None
        except (StepFailed, ExpressionError) as error:
            return "Failed", _reason(error)
        except Exception as error:  # the step's edge: a fault of ours must end it, and be seen
            logger.exception("Step %s broke off", run.step.name)
            return "Failed", f"InternalServerError: {type(error).__name__}: {error}"
        return "Succeeded", None

    def _carry_out(self, run: StepRun) -> None:
        scope = self._get_scope()
        arguments = evaluate(run.step.arguments, scope) if run.step.type != "Condition" else {}
        key = cache_key(run.step.type, arguments) if run.step.cache_for is not None else None
        if key is not None and self._take_from_cache(run, key):
            return
        self._set_executing(run)
        self._attempt_until_done(run, self._context(run, arguments, scope))
        if key is not None:
            result = CachedResult(
                self._execution.arn, datetime.now(UTC), run.properties, dict(run.metadata)
            )
            self._cache.add(run.step.name, key, result)

    def _take_from_cache(self, run: StepRun, key: str) -> bool:
        assert run.step.cache_for is not None
        since = datetime.now(UTC) - run.step.cache_for
        hit = self._cache.find(run.step.name, key, since=since)
        if hit is None:
            return False
        run.cached_from = hit.execution_arn
        run.properties = hit.properties
        run.metadata = dict(hit.metadata)
        return True

    def _set_executing(self, run: StepRun) -> None:
        with self._changed:
            if run.status == "Stopping":
                raise StepStopped
            self._move_step(run, "Executing")

    def _attempt_until_done(self, run: StepRun, context: StepContext) -> None:
        while True:
            run.attempts += 1
            try:
                run.properties = attempt(context)
            except StepFailed as error:
                self._pause_before_retry(run, error)
                if not retries.is_of_call(error.exception_type):
                    context = replace(context, name=unique_name(self._execution, run.step))
            else:
                return

    def _pause_before_retry(self, run: StepRun, error: StepFailed) -> None:
        """Wait as the step's policies say; raises the error again when they grant no retry."""
        delay = retries.delay_before_retry(
            run.step.retry_policies,
            exception_type=error.exception_type or "",
            retry=run.attempts,
            elapsed=datetime.now(UTC) - run.started,
        )
        if delay is None:
            raise error
        if self._stopper.asked.wait(delay):
            raise StepStopped

    def _context(
        self, run: StepRun, arguments: Mapping[str, Any], scope: ExecutionScope
    ) -> StepContext:
        return StepContext(
            execution=self._execution,
            step=run.step,
            name=unique_name(self._execution, run.step),
            arguments=arguments,
            client=self._client,
            reader=self._reader,
            evaluate=partial(evaluate, scope=scope),
            report=run.metadata.update,
            wait_for_job=self._wait_for_job,
            stopper=self._stopper,
            callbacks=self._callbacks,
        )

    def _get_scope(self) -> ExecutionScope:
        if self._scope is None:
            self._scope = ExecutionScope(self._execution, self._reader("s3"))
        return self._scope

    def _client(self, service: str) -> Any:
        """A client with the pipeline's role, which tries once; one per service."""
        return self._kept(service, _ONCE)

    def _reader(self, service: str) -> Any:
        """A client with the pipeline's role, which tries as often as clients do."""
        return self._kept(service, None)

    def _kept(self, service: str, config: Config | None) -> Any:
        order, key = self._execution.order, (service, config is None)
        with self._clients_lock:
            if key not in self._clients:
                self._clients[key] = self._cloud.client(
                    service, role_arn=order.role_arn, session=order.execution_id, config=config
                )
            return self._clients[key]

    def _move_to(self, status: str) -> None:
        self._execution.move_to(status)
        self._publisher.execution_changed(self._execution)

    def _move_step(self, run: StepRun, status: str) -> None:
        run.move_to(status)
        self._publisher.step_changed(self._execution, run)


def _reason(error: Exception) -> str:
    if isinstance(error, StepFailed):
        return str(error)
    return f"ClientError: {error}"
