"""The model servers of the images sagemaker-scikit-learn and sagemaker-xgboost.

They answer /ping and /invocations on a Unix socket instead of port 8080, because a process without
a network has no reachable port. They are started inside a host, where the rest of this project
cannot be imported: `python3 FOLDER model_server.server REPOSITORY SOCKET`.

User code is called in the same way as in the images. Sources: serving.py of
aws/sagemaker-scikit-learn-container, based on sagemaker-containers 2.8.6, and handler_service.py
of aws/sagemaker-xgboost-container, based on sagemaker-inference 1.10.
"""
