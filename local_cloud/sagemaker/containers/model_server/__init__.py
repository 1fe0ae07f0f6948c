"""The model servers of the images sagemaker-scikit-learn and sagemaker-xgboost.

They answer /ping and /invocations on a Unix socket instead of port 8080, which a process without
network cannot be reached by. Started inside a host, where nothing else of this project can be
imported: `python3 FOLDER model_server.server REPOSITORY SOCKET`.

What hosting code meets is what it meets in the images. Sources: serving.py of
aws/sagemaker-scikit-learn-container, over sagemaker-containers 2.8.6, and handler_service.py of
aws/sagemaker-xgboost-container, over sagemaker-inference 1.10.
"""
