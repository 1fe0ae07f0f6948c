"""Completes an environment of the contract tests like the Dockerfile of the image.

usage: PYTHON-OF-THE-ENVIRONMENT install.py. Source:
https://github.com/aws/deep-learning-containers, docker/sklearn/1.9-0/Dockerfile and
docker/xgboost/Dockerfile, which edit sagemaker-containers for new versions of Python and install
the package of the image (here: its stand-in).
"""

import sysconfig
from pathlib import Path


def main() -> None:
    """Edit the toolkit and put the stand-ins on the path of the environment."""
    packages = Path(sysconfig.get_path("purelib"))
    mapping = packages / "sagemaker_containers" / "_mapping.py"
    text = mapping.read_text().replace("collections.Mapping", "collections.abc.Mapping")
    mapping.unlink()  # the file may be a link to the file of another environment
    mapping.write_text(text)
    (packages / "stand_ins.pth").write_text(f"{Path(__file__).parent / 'stand_ins'}\n")


if __name__ == "__main__":
    main()
