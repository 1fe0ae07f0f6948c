"""The key, the lake bucket and the record of who read it."""
