"""Trains a model on rows of a PostgreSQL database."""
