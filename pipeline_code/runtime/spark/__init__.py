"""Steps that run in Spark: the driver, the distribution of a step over shares, its packages."""
