"""Data quality, as the image sagemaker-model-monitor-analyzer analyses it, by an engine of ours.

Source: "Container Contract Inputs", "Schema for Statistics", "Schema for Constraints" and "Schema
for Violations" of SageMaker Model Monitor; the distances and what counts as few distinct values are
those of Deequ, on which the image is built. What it does not do of the image's work it refuses by
name. It is started inside a job, where nothing else of this project can be imported.
"""
