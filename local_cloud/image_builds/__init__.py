"""The programs `docker` and `aws` of a build on the laptop, which has no Docker.

An image becomes the packages of its Dockerfile, in a folder, and its variables and entry point. The
subset of Dockerfiles for which this has the same effect is read strictly (image_recipe.py).
"""
