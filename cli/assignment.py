"""Build an assignment from its YAML file, check a handout's visible tests, grade submissions."""

import argparse
import os
import secrets
import subprocess
import sys
from pathlib import Path

from ..course import load_assignment
from ..course.grading.command import configure as configure_grading
from ..course.handout import build, write_built
from ..course.selfcheck import self_check

__all__ = ["configure"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    commands = parser.add_subparsers(metavar="build|check|grade", required=True)
    builder = commands.add_parser("build", help="make handout, solution and autograder, checked before release")
    builder.add_argument("assignment", metavar="FILE", help="the assignment's YAML file")
    builder.add_argument("--out", metavar="FOLDER", help="where it is written; by default build/NAME beside the file")
    builder.add_argument("--secret", metavar="FILE", help="the grader's secret; by default NAME.secret beside the "
                                                          "folder, made where there is none")
    builder.set_defaults(run=_build)
    checker = commands.add_parser("check", help="run the visible tests of the handout in this folder")
    checker.add_argument("parts", nargs="*", metavar="PART", help="the parts to check; all of them if none is named")
    checker.set_defaults(run=_check)
    configure_grading(commands.add_parser("grade", help="grade submissions, each test in an isolated process"))


def _build(arguments: argparse.Namespace) -> int:
    os.environ["CHAINRULE_COMPILED"] = "0"      # compiling takes longer than these few numbers, and bytes stay the same
    assignment = load_assignment(arguments.assignment)
    folder = Path(arguments.out or Path(arguments.assignment).parent / "build" / assignment.name)
    built = build(assignment)
    problems, tried = self_check(built)
    if problems:
        print(f"{assignment.name} is not written, for {len(problems)} reason{'s' * (len(problems) > 1)}:",
              file=sys.stderr)
        print("\n".join(f"- {problem}" for problem in problems), file=sys.stderr)
        return 1
    write_built(built, folder, _secret(Path(arguments.secret or folder.with_name(f"{folder.name}.secret"))))
    for name, spot in built.spots.items():
        print(f"{name}: {'.'.join(spot.path) or 'regions'} of {spot.file}, {assignment.parts[name].points:g} points")
    print(f"{folder}: handout ({len(built.handout)} files), handout.zip, solution, autograder.zip, manifest.json; "
          f"{assignment.points:g} points; handed in, the solution earns all, the handout none")
    print(tried)
    return 0


def _secret(file: Path) -> str:
    """Return the secret in a file, which is made where it is not there."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    return file.read_text(encoding="ascii").strip()


def _check(arguments: argparse.Namespace) -> int:
    if not Path("assignment.json").is_file():
        print("there is no assignment.json here; run this in the folder of a handout", file=sys.stderr)
        return 2
    command = [sys.executable, "-m", "chainrule", "assignment", "check", *arguments.parts]
    return subprocess.run(command, check=False).returncode      # with the handout's own package
