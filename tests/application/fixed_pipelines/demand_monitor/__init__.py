"""Compares the inputs of the models of demand with their training data."""
