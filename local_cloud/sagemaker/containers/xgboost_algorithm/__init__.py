"""The built-in XGBoost algorithm of the image sagemaker-xgboost.

Source: "XGBoost algorithm with Amazon SageMaker AI" and "XGBoost hyperparameters". One host in File
mode; what it does not do of the service's algorithm it refuses by name. It is started inside a
job, where nothing else of this project can be imported.
"""
