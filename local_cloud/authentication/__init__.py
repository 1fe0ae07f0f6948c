"""Authentication: who signed a request. Each signature is verified as AWS verifies it."""
