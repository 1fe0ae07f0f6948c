"""Feature Store: feature groups, their online records, and their offline files."""
