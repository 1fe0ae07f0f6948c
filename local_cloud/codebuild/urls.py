"""The URLs of CodeBuild, in the format of moto."""

from __future__ import annotations

from local_cloud.codebuild.responses import BuildResponses

url_bases = [r"https?://codebuild\.(.+)\.amazonaws\.com"]
url_paths = {"{0}/$": BuildResponses.dispatch}
