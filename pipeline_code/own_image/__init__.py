"""Own images: what a deployment builds from the Dockerfile in the folder of a pipeline."""
