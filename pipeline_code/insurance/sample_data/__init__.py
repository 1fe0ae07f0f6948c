"""Generates the files of the data set in their published formats."""
