"""Predicts with the models of demand, into a table of the warehouse."""
