"""Redshift, provisioned or serverless: its role, its migrations and its extractions."""
