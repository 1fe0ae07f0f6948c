"""Generates ticdata2000.txt in its published format."""
