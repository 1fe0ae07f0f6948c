"""Compares what the models of demand are asked with what they have learned."""
