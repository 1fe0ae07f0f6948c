"""Script mode of the framework images: runs a script of the user as their training toolkits do.

Sources: aws/sagemaker-training-toolkit (scikit-learn) and aws/sagemaker-containers (XGBoost).
"""
