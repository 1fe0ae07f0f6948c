"""A generator of adult.csv as it is published."""
