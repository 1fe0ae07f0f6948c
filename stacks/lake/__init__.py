"""The key, the lake bucket and its access logs."""
