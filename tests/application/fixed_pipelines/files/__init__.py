"""Copies files of the lake, and catalogues them for the warehouse."""
