"""The sections of the page: HTML from facts, or None if the run does not have them."""
