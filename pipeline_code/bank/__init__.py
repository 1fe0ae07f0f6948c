"""Who will subscribe a term deposit: the campaign of a bank, from its calls."""
