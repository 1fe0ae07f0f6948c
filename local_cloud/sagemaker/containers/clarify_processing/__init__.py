"""Bias and explanations of the image sagemaker-clarify-processing, implemented by this project.

The metrics and Shapley values are those of the application: these modules are links to its files.
A feature of the image that is not supported raises an error with its name. The module runs in a
job, which cannot import other parts of this project.
"""
