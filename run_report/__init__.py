"""The report of an execution: collects its facts, and renders them as one HTML file or a mail.

The function of a pipeline and the command `report` use this package. The function is deployed with
it, so it imports only the standard library, boto3, `execution_reader` and itself.
"""

from run_report.collect import Source, collect
from run_report.lake import report_key
from run_report.mail import mail
from run_report.page import page
from run_report.run_metrics import run_metrics

__all__ = ["Source", "collect", "mail", "page", "report_key", "run_metrics"]
