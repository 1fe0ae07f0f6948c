"""The built-in XGBoost algorithm of the image sagemaker-xgboost.

Source: "XGBoost algorithm with Amazon SageMaker AI" and "XGBoost hyperparameters". It supports one
host in File mode. An unsupported feature of the algorithm raises an error with its name. The module
runs in a job, which cannot import other parts of this project.
"""
