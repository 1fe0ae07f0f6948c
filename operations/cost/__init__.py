"""What an idle environment costs per month, and what a run has cost, from a table of prices."""
