"""A seeded generator of TICKIT, Amazon Redshift's sample database, in its published formats."""
