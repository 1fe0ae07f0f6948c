"""Data and model quality of the image sagemaker-model-monitor-analyzer, by this project.

Source: "Container Contract Inputs", "Schema for Statistics", "Schema for Constraints" and "Schema
for Violations" of SageMaker Model Monitor. Distances and the limit for categories are those of
Deequ, which the image uses. An unsupported feature of the image raises an error with its name. The
module runs in a job, which cannot import other parts of this project.
"""
