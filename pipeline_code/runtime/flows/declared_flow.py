"""The flow that a pipeline declares as FLOW in its features.py."""

import importlib

from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.job_errors import SettingError


def declared_flow(package: str) -> Flow:
    """Return the flow of the pipeline's package. Raises SettingError if it declares none."""
    module = f"{package}.features"
    try:
        flow = getattr(importlib.import_module(module), "FLOW", None)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        flow = None
    if not isinstance(flow, Flow):
        raise SettingError(
            f"{module} declares no FLOW = Flow(…): declare the flow of the pipeline there"
        )
    return flow
