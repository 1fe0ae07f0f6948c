"""Delivery: what happens between a commit and production, in a tools account or on GitHub."""
