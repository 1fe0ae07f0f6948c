"""Statements in the warehouse through the Redshift Data API."""
