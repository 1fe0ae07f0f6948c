"""Saves the state of the services in the state folder, and restores it when the server starts."""
