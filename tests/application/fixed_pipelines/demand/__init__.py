"""Learns from the warehouse how many are sold of a size."""
