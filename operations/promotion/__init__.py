"""Copies approved versions of models from the registry of one environment to that of another."""
