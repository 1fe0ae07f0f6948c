"""The model servers of the images sagemaker-scikit-learn and sagemaker-xgboost.

For one model, they do the same as `serve` in these images: install the module of SAGEMAKER_PROGRAM,
then serve the WSGI application that SAGEMAKER_SERVING_MODULE names. The default is the image's own:
Flask over the user's functions, or the built-in algorithm. tests/contract compares the responses
with those of the real toolkit.

They listen on a Unix socket instead of port 8080, because other processes cannot reach a port of a
process without a network. They run in the process of a host, which cannot import other parts of
this project: `python3 FOLDER model_server.server REPOSITORY SOCKET NETWORK`.

Sources: sagemaker-containers 2.8.6.post2 (https://github.com/aws/sagemaker-containers), serving.py
of https://github.com/aws/sagemaker-scikit-learn-container (commit eae7b6b) and of
https://github.com/aws/sagemaker-xgboost-container (commit cb8df91). sagemaker-inference and Multi
Model Server are used by both images for several models only.
"""
