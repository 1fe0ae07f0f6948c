"""An environment whose pipeline `orders` reads a PostgreSQL, and the wheels of its driver."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
import zipfile
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline_code.archive import FIXED_DATE
from pipeline_code.runtime.wheels import LOCK, locked
from pipeline_code.wheelhouse.wheels import WHEELS, kept_wheels
from stacks.config import Database, Environment, Network, Pipeline
from tests.application.environments import BASIC, DAILY, ROOT
from tests.application.existing_network import GIVEN

BUILD = WHEELS.with_name("databases")
_CACHES = shutil.ignore_patterns("__pycache__")
GROUP, SECRET = "sg-00000000000000005", "orders-reader-AbCdEf"
ORDERS = Database(
    name="orders",
    host="127.0.0.1",
    port=5432,
    secret=SECRET,
    security_group_id=GROUP,
    settings={"database": "postgres", "sslmode": "disable"},
)
NETWORK = Network.existing(**GIVEN, creates_endpoints=True)
ENVIRONMENT = replace(
    BASIC,
    name="databases",
    network=NETWORK,
    databases=(ORDERS,),
    pipelines=(Pipeline(name="orders", schedule=DAILY),),
)


def at_port(port: int) -> Environment:
    """Return the environment with the database at a port of this machine."""
    return replace(ENVIRONMENT, databases=(replace(ORDERS, port=port),))


def with_wheels() -> Path:
    """Copy the pipeline to a root whose wheels need no package index, and return the root.

    The wheels are made from the installed packages, so their hashes are not those of the index. The
    root is in the build folder, where equal sources have an equal name, and stays there.
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=BUILD) as temporary:
        made = Path(temporary, "made")
        shutil.copytree(ROOT / "orders", made / ROOT.name / "orders", ignore=_CACHES)
        shutil.copy(ROOT / "__init__.py", made / ROOT.name)
        _lock(made / ROOT.name / "orders" / LOCK, Path(temporary, "wheels"))
        kept = BUILD / _digest(made)
        with contextlib.suppress(OSError):  # it is there
            made.rename(kept)
    return kept / ROOT.name


def _lock(path: Path, wheels: Path) -> None:
    """Make the wheels of a lock file, and replace their hashes."""
    text = path.read_text()
    header = "".join(re.findall(r"^#.*\n", text, re.MULTILINE))
    made = [_wheel(name, wheels) for name in locked(text)]
    path.write_text(header + "".join(map(_locked, made)))
    shutil.copytree(wheels, kept_wheels(WHEELS, path.read_text()), dirs_exist_ok=True)


def _digest(folder: Path) -> str:
    """Return a name for the files of a folder."""
    digest = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _wheel(name: str, folder: Path) -> Path:
    """Pack the files of an installed package, with equal bytes for equal files."""
    installed = distribution(name)
    folder.mkdir(exist_ok=True)
    path = folder / f"{name.replace('-', '_')}-{installed.version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as opened:
        for each in sorted(installed.files or (), key=str):
            if "__pycache__" not in each.parts and ".." not in each.parts:
                entry = zipfile.ZipInfo(str(each), FIXED_DATE)
                entry.create_system = 3
                opened.writestr(entry, each.read_binary())
    return path


def _locked(wheel: Path) -> str:
    name, version, *_ = wheel.name.split("-")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{name.replace('_', '-')}=={version} \\\n    --hash=sha256:{digest}\n"
