"""Analyses a file without a cloud."""
