"""A built assignment as folders and archives, the same bytes every time."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.metadata import requires, version
from importlib.resources import files
from io import BytesIO
from json import dumps
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ...layers.core import StateError
from ..names import own_modules
from ..own_files import SHIPPED, own_file
from .building import Built
from .library import PACKAGE

__all__ = ["autograder_files", "write_built", "zipped"]

_ROOMS = ("layers", "losses", "optim", "data", "training", "models", "testing", "backprop", "analysis", "interchange",
          "experiments", "course", "cli", "configs")
_SETUP = """#!/usr/bin/env bash
# Gradescope runs this once, when the autograder is built.
set -e
root="${{AUTOGRADER_ROOT:-/autograder}}"
apt-get update
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' && python=python3 || python=python3.11
apt-get install -y "$python" "$python-venv"
"$python" -m venv "$root/venv"
"$root/venv/bin/pip" install {needed}
"""
_RUN = """#!/usr/bin/env bash
# Gradescope runs this for every submission.
root="${{AUTOGRADER_ROOT:-/autograder}}"
python="$root/venv/bin/python"
cd "$root/source"
[ -x "$python" ] || python=python3
PYTHONPATH="$PWD" "$python" -m {package} assignment grade "assignment/{name}.yaml" "$root/submission" \\
    --format gradescope --output "$root/results/results.json" --secret secret
"""


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as an archive that hangs on nothing but their names and bytes."""
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for path, data in sorted(files.items()):
            entry = ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 3
            entry.external_attr = (0o755 if data.startswith(b"#!") else 0o644) << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def autograder_files(built: Built, secret: str) -> dict[str, bytes]:
    """Return what grades submissions elsewhere: scripts, a secret, the assignment's folder, the library's source."""
    assignment = built.assignment
    needed = " ".join(f"'{each}'" for each in requires(PACKAGE) or () if "extra ==" not in each)
    named = {f"{assignment.name}.yaml", assignment.text, assignment.mistakes, *assignment.files,
             *(f"{module}.py" for module in own_modules(assignment))}
    return {
        "setup.sh": _SETUP.format(needed=needed).encode(),
        "run_autograder": _RUN.format(package=PACKAGE, name=assignment.name).encode(),
        "secret": f"{secret}\n".encode(),
        **{f"assignment/{file}": own_file(assignment.folder, file).read_bytes()
           for file in sorted(filter(None, named))},
        **dict(_library()),
    }


def write_built(built: Built, folder: Path, secret: str) -> None:
    """Write the handout as a folder and an archive, the solution, the autograder, and a manifest of all of it.

    What an earlier build left in the folder is gone afterwards; until all is written nothing there changes.

    Raises: StateError where the folder holds anything else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / "manifest.json").is_file():
        raise StateError(f"{folder} expected to be new, empty or an earlier build, which has a manifest.json, but "
                         f"holds other things; name another folder")
    whole = {f"handout/{path}": data for path, data in built.handout.items()}
    whole |= {f"solution/{path}": data for path, data in built.solution.items()}
    whole["handout.zip"] = zipped({f"{built.assignment.name}/{path}": data for path, data in built.handout.items()})
    whole["autograder.zip"] = zipped(autograder_files(built, secret))
    sums = {path: sha256(data).hexdigest() for path, data in sorted(whole.items())}
    whole["manifest.json"] = (dumps({"chainrule": version(PACKAGE), "files": sums}, indent=1) + "\n").encode()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
        for path, data in whole.items():
            file = Path(temporary, "new", path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        if folder.exists():
            folder.rename(Path(temporary, "old"))
        Path(temporary, "new").rename(folder)


def _library() -> Iterator[tuple[str, bytes]]:
    for package in (PACKAGE, *(f"{PACKAGE}.{room}" for room in _ROOMS)):
        root = Path(str(files(package)))
        for file in sorted(root.rglob("*")):
            inside = file.relative_to(root)
            if file.is_file() and "__pycache__" not in inside.parts \
                    and ("assignments" not in inside.parts or {*SHIPPED} & {*inside.parts}):
                yield f"{package.replace('.', '/')}/{inside.as_posix()}", file.read_bytes()
