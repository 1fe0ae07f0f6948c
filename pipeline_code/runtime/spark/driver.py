"""The application that smspark-submit starts: `driver.py PACKAGE STEP` runs a step of the archive.

The archive of the pipeline is in --py-files, so the modules of the step are importable here and in
the processes of the executors.
"""

import sys

from pipeline_code.runtime.job import main
from pipeline_code.runtime.spark.packages import install_packages

if __name__ == "__main__":
    install_packages()
    raise SystemExit(main(sys.argv[1], sys.argv[2:]))
