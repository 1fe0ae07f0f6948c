"""Replaces the package of the XGBoost image, which is not on PyPI.

Source: https://github.com/aws/sagemaker-xgboost-container, commit cb8df91.
"""
