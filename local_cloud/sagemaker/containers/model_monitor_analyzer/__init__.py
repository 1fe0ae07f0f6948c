"""Data quality analysis of the image sagemaker-model-monitor-analyzer, implemented by this project.

Source: "Container Contract Inputs", "Schema for Statistics", "Schema for Constraints" and "Schema
for Violations" of SageMaker Model Monitor. Distances and the limit for categories are those of
Deequ, on which the image is built. Unsupported features of the image are refused by name. The
module is started inside a job, where the rest of this project cannot be imported.
"""
