"""The requests and responses of EMR Serverless, as in botocore's model."""

from __future__ import annotations

from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.emrserverless.models import emrserverless_backends

from local_cloud.emr.serverless.serverless_backend import ServerlessBackend

_LISTED = ("arn", "createdAt", "name", "releaseLabel", "state", "type", "updatedAt")


class ServerlessResponses(BaseResponse):  # type: ignore[misc]  # moto is untyped
    """One method per operation."""

    def __init__(self) -> None:
        super().__init__(service_name="emr-serverless")
        self.automated_parameter_parsing = True

    @property
    def backend(self) -> ServerlessBackend:
        """The back end of the request's account and region."""
        found: ServerlessBackend = emrserverless_backends[self.current_account][self.region]
        return found

    def create_application(self) -> ActionResult:
        """Create an application."""
        made = self.backend.create(self.params)
        name = {"name": made.request["name"]} if made.request.get("name") else {}
        return ActionResult({"applicationId": made.id, "arn": made.arn, **name})

    def get_application(self) -> ActionResult:
        """Describe an application."""
        found = self.backend.application(self._application)
        return ActionResult({"application": found.document()})

    def list_applications(self) -> ActionResult:
        """List the applications."""
        documents = [each.document() for each in list(self.backend.applications.values())]
        states = self._get_param("states")
        found = [
            {
                "id": each["applicationId"],
                **{name: each[name] for name in _LISTED if name in each},
            }
            for each in documents
            if not states or each["state"] in states
        ]
        return ActionResult({"applications": found})

    def start_application(self) -> ActionResult:
        """Start an application."""
        self.backend.application(self._application).state = "STARTED"
        return EmptyResult()

    def stop_application(self) -> ActionResult:
        """Stop an application."""
        self.backend.stop(self._application)
        return EmptyResult()

    def delete_application(self) -> ActionResult:
        """Delete an application."""
        self.backend.delete(self._application)
        return EmptyResult()

    def start_job_run(self) -> ActionResult:
        """Start a job run."""
        run = self.backend.start(self.params)
        shown = {"applicationId": self._application, "jobRunId": run.id, "arn": run.arn}
        return ActionResult(shown)

    def get_job_run(self) -> ActionResult:
        """Describe a job run."""
        run = self.backend.run(self._application, self._get_param("jobRunId"))
        return ActionResult({"jobRun": run.document()})

    def cancel_job_run(self) -> ActionResult:
        """Cancel a job run."""
        run = self.backend.cancel(self._application, self._get_param("jobRunId"))
        return ActionResult({"applicationId": self._application, "jobRunId": run.id})

    @property
    def _application(self) -> str:
        given: str = self._get_param("applicationId")
        return given
