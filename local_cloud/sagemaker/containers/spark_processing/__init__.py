"""The entry point of the image sagemaker-spark-processing, with a local Spark."""
