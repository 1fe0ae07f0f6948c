"""The flow of the pipeline."""

from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.schema import INTEGER, Column, Schema

FLOW = Flow(Schema((Column("visits", INTEGER),)), [])
