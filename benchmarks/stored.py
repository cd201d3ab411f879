"""Results that grow run by run: each is stored as soon as it is there, and never measured twice."""

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["Stored"]

FOLDER = Path("benchmarks", "results")


class Stored:
    """The results of one benchmark, in a JSON file: ``results``, dictionaries of dictionaries.

    No run begins once ``seconds`` are over; the next call of the benchmark goes on from there.
    """

    def __init__(self, name: str, seconds: float = math.inf, folder: Path = FOLDER) -> None:
        self.path = folder / f"{name}.json"
        self.results: dict[str, Any] = json.loads(self.path.read_text("utf-8")) if self.path.exists() else {}
        self._end = time.perf_counter() + seconds

    def once(self, run: Callable[[], Any], *names: str) -> Any:
        """Return ``results[name][…][last name]``, from ``run()`` if it is not there yet; None when out of time."""
        *outer, last = names
        record = self.results
        for name in outer:
            record = record.setdefault(name, {})
        if last not in record:
            if time.perf_counter() >= self._end:
                return None
            record[last] = run()
            self.write()
        return record[last]

    def write(self) -> None:
        """Write the results, whole or not at all."""
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(self.results, indent=1, ensure_ascii=False) + "\n", "utf-8")
        part.replace(self.path)
