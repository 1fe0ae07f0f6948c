"""A step script that no test runs."""
