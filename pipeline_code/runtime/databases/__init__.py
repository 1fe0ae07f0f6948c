"""Reads rows from databases outside of AWS' warehouse: one connector per database."""
