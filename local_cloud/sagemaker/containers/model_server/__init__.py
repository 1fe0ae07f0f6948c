"""The model servers of the images sagemaker-scikit-learn and sagemaker-xgboost.

They do what `serve` does in these images for one model: install the module of SAGEMAKER_PROGRAM,
then serve the WSGI application that SAGEMAKER_SERVING_MODULE names. The default is the image's own:
Flask over the user's functions, or the built-in algorithm. tests/contract compares the answers with
those of the real toolkit.

They answer on a Unix socket instead of port 8080, because a process without a network has no
reachable port. They are started inside a host, where the rest of this project cannot be imported:
`python3 FOLDER model_server.server REPOSITORY SOCKET NETWORK`.

Sources: sagemaker-containers 2.8.6.post2 (https://github.com/aws/sagemaker-containers), serving.py
of https://github.com/aws/sagemaker-scikit-learn-container (commit eae7b6b) and of
https://github.com/aws/sagemaker-xgboost-container (commit cb8df91). sagemaker-inference and Multi
Model Server are used by both images for several models only.
"""
