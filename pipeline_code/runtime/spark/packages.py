"""Installs the packages that the Spark image lacks: PyArrow, from the wheels of the job."""

from pipeline_code.runtime.container import current_container
from pipeline_code.runtime.wheels import install

# The input with the wheels. `wheels` is for packages of the pipeline.
INPUT = "spark-wheels"


def install_packages() -> None:
    """Make the packages importable in this process; each host unpacks them once."""
    install(__package__, current_container(), wheels=INPUT)
