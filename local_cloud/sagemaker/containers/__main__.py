"""Starts an algorithm of this folder inside a job: `python3 FOLDER xgboost_algorithm`.

Only this folder is on the path then, so that no job depends on the rest of the project.
"""

import importlib
import sys

sys.exit(importlib.import_module(f"{sys.argv[1]}.training").main())
