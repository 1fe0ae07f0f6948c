"""The built-in XGBoost algorithm of the image sagemaker-xgboost.

Source: "XGBoost algorithm with Amazon SageMaker AI" and "XGBoost hyperparameters". It supports
File mode, on one or several hosts. An unsupported feature of the algorithm raises an error with its
name. The module runs in a job, which cannot import other parts of this project.
"""
