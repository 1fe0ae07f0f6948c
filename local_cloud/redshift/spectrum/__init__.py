"""External schemas: tables of the Glue catalogue whose rows are in the lake."""
