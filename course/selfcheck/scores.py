"""What a folder of a handout scores in its own visible tests, in a process of its own that imports its own package."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from ..handout.library import PACKAGE

__all__ = ["scores"]

_SCRIPT = """
import json
from {package}.course.check import check_part, read_handout
assignment = read_handout()
names = [name for name, part in assignment.parts.items() if part.examples]
print(json.dumps(dict((name, check_part(assignment, name).passed) for name in names)))
"""


def scores(files: Mapping[str, bytes], seconds: float = 600) -> dict[str, bool] | str:
    """Return which parts with visible tests are right, or what Python says where the check itself fails."""
    with TemporaryDirectory() as folder:
        for path, data in files.items():
            file = Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        try:
            done = subprocess.run([sys.executable, "-c", _SCRIPT.format(package=PACKAGE)], cwd=folder,
                                  capture_output=True, text=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            return f"no answer within {seconds:g} s"
    if done.returncode:
        return done.stderr.strip()[-500:] or f"exit code {done.returncode}"
    passed: dict[str, bool] = json.loads(done.stdout.splitlines()[-1])
    return passed
