"""shaped: a pipeline whose jobs and model run in the image of its Dockerfile."""
