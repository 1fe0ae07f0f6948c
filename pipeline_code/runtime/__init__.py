"""Code that the jobs of all pipelines share; it imports only what the container images hold."""
