"""Numbers that nobody foresees: drawn from a secret of the teacher's, other ones for every submission."""

import hashlib
import hmac
import json
from collections.abc import Mapping

__all__ = ["hidden_seed"]


def hidden_seed(secret: bytes, files: Mapping[str, str], *question: object) -> int:
    """Return the seed of a question to a submission: the same for the same files, so that grading again is the same."""
    told = json.dumps([sorted(files.items()), [str(word) for word in question]]).encode("utf-8", "surrogatepass")
    return int.from_bytes(hmac.new(secret, told, hashlib.sha256).digest()[:4], "big")
