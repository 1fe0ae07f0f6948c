"""Generates rows.csv."""
