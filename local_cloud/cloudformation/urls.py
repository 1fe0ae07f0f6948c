"""The URLs of CloudFormation, in the format of moto."""

from __future__ import annotations

from local_cloud.cloudformation.responses import LaptopCloudFormationResponse

url_bases = [r"https?://cloudformation\.(.+)\.amazonaws\.com"]
url_paths = {"{0}/$": LaptopCloudFormationResponse.dispatch}
