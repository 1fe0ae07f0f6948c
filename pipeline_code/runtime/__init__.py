"""Code that the jobs of all pipelines use; it imports only packages of the container images."""
