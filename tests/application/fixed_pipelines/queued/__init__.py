"""Extracts by way of the queue, and no more."""
