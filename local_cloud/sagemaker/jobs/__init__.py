"""Processing and training jobs, run as child processes with the paths of SageMaker containers."""
