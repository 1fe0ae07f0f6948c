"""Small fixed pipelines. Together they have every step kind."""
