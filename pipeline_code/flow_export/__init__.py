"""Exports the flow of a pipeline as a Python script without imports of this project."""
