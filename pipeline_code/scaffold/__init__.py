"""Creates the folders of a new pipeline: `python -m pipeline_code new NAME`."""
