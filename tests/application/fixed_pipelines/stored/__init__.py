"""Copies files of the lake. A Glue table makes them available to the warehouse."""
