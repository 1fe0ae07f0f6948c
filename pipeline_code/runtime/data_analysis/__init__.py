"""Analyses of a table at any point of a pipeline: a JSON document and one HTML page."""
