"""The built-in XGBoost algorithm of the image sagemaker-xgboost.

Source: "XGBoost algorithm with Amazon SageMaker AI" and "XGBoost hyperparameters". It supports one
host in File mode; unsupported features of the algorithm are refused by name. It is started inside
a job, where the rest of this project cannot be imported.
"""
