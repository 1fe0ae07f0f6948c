"""The API of EMR clusters."""
