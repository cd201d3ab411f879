"""The harness is no part of the package: it is imported from the checkout."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))       # last, so that no room hides a library's module
