"""`make sbom` lists every pinned package of the app."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.lock_files import EVERYTHING, REPOSITORY, pins

# Tests install nothing.
INSTALLED = (".venv/.installed-synth", ".audit/.installed")


@pytest.mark.slow
@pytest.mark.skipif(
    not (REPOSITORY / ".audit" / "bin" / "cyclonedx-py").exists(),
    reason="the generator is in an environment of its own: run make sbom",
)
def test_every_package_is_listed_with_its_hashes(tmp_path):
    old = [option for file in INSTALLED for option in ("--old-file", file)]
    subprocess.run(["make", *old, "sbom", f"SBOM={tmp_path}"], check=True, cwd=REPOSITORY)
    python, node = (
        json.loads((tmp_path / f"{name}.cdx.json").read_text()) for name in ("python", "node")
    )
    assert {document["bomFormat"] for document in (python, node)} == {"CycloneDX"}
    assert listed(python) == {(pin.name, pin.version): pin.hashes for pin in pins(EVERYTHING)}
    packages = json.loads((REPOSITORY / "package-lock.json").read_text())["packages"]
    assert {f"node_modules/{component['name']}" for component in node["components"]} == {
        *packages
    } - {""}
    assert all(component["hashes"] for component in node["components"])


def listed(document):
    """Return (name, version) -> hashes of the components of a document."""
    return {
        (component["name"], component["version"]): {
            f"sha256:{each['content']}"
            for reference in component["externalReferences"]
            for each in reference["hashes"]
        }
        for component in document["components"]
    }
