"""Runs an entry point of an image inside a job: `python3 FOLDER xgboost_algorithm.training`.

Only this folder is on the path, so that jobs do not depend on the rest of the project.
"""

import importlib
import sys

sys.exit(importlib.import_module(sys.argv[1]).main())
