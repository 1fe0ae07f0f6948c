"""Splits the rows into a train and a test side and writes the baseline of the inputs."""

from fixed_pipelines.demand.rows import SIZE, SOLD, read_unloaded, write_rows
from pipeline_code.runtime.container import Container


def run(container: Container) -> None:
    """Write the outputs `train`, `test` and `baseline`."""
    rows = read_unloaded(container.processing_input("data"))
    both = (SIZE, SOLD)
    write_rows(rows[::2], container.processing_output("train") / "rows.csv", both)
    write_rows(rows[1::2], container.processing_output("test") / "rows.csv", both)
    write_rows(rows[::2], container.processing_output("baseline") / "rows.csv", (SIZE,))
