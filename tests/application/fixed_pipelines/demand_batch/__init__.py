"""Predicts with the models of demand, and loads the predictions into the warehouse."""
