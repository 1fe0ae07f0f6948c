"""Runs one extraction through the queue."""
