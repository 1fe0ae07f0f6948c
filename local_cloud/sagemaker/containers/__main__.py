"""Starts what an image holds inside a job: `python3 FOLDER xgboost_algorithm.training`.

Only this folder is on the path then, so that no job depends on the rest of the project.
"""

import importlib
import sys

sys.exit(importlib.import_module(sys.argv[1]).main())
