"""The lineage of an execution: what its jobs used and produced, up to the endpoints."""
