"""The board: web pages about an environment, which only read and need no other host.

`server.py` answers requests of this machine with the pages of `pages/`; `runs.py` and
`endpoint_metrics.py` read what no command shows. Pages have the look and the drawings of the run
report.
"""
