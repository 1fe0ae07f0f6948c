"""External schemas: tables of the Glue catalogue whose rows lie in the lake."""
