"""Athena: the workgroup of an environment, and the database of its feature groups."""
