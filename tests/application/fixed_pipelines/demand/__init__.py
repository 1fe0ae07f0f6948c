"""Trains a model, on data of the warehouse, that predicts the number sold of a size."""
