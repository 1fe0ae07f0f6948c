"""A generator of adult.csv in its published format."""
