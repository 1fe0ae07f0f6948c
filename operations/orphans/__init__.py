"""Finds and deletes the stacks of an environment that the app no longer contains."""
