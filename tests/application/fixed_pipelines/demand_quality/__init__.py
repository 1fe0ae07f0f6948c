"""Measures the models of demand on requests whose labels have arrived."""
