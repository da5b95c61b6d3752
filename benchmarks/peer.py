"""A peer measured beside us has a Python of its own under var/, made once by pip."""

import subprocess
import venv
from collections.abc import Sequence
from pathlib import Path

from benchmarks.large import ROOT


def python_of(name: str, packages: Sequence[str], works: str) -> Path:
    """The Python of this peer, with these packages; `works` is what it must be able to run, an import.

    Raises OSError or CalledProcessError where it cannot be made.
    """
    python = ROOT / f"var/{name}-venv/bin/python"
    if not python.exists():
        venv.create(python.parent.parent, with_pip=True)
    if subprocess.run([python, "-c", works], capture_output=True, check=False).returncode:
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        subprocess.run([python, "-c", works], check=True)
    return python
