"""The key, the lake bucket and the record of access to it."""
