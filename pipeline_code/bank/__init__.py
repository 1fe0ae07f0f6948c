"""Predicts which clients of a bank subscribe a term deposit, from the calls of a campaign."""
