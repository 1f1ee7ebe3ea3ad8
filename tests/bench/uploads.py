"""Uploads: what it costs to draw a photo anew in a process of its own, beside doing so in the caller's.

python -m tests.bench.uploads                # a table; JSON in .run/bench/uploads.json
"""

import io
import json
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image
from rich.console import Console
from rich.table import Table

from services.chassis.green.confined import Confined
from services.chassis.uploads import DOCUMENTS, MEMORY_BYTES
from services.chassis.uploads.reading import accept

_RESULTS = Path(__file__).resolve().parents[2] / ".run" / "bench" / "uploads.json"
_LIMITS: dict[str, Any] = {"max_bytes": 10 << 20, "max_pixels": 16_000_000}
_ROUNDS, _AT_ONCE = 5, 4


def photo(width: int, height: int, **options: Any) -> bytes:
    """Return a JPEG with as much detail as a phone's."""
    target = io.BytesIO()
    picture = Image.effect_noise((width // 8, height // 8), 60).resize((width, height)).convert("RGB")
    picture.save(target, "JPEG", quality=88, **options)
    return target.getvalue()


def _turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def _seconds(work: Callable[[bytes], object], content: bytes) -> tuple[float, float]:
    """Return the seconds that one takes, and that each of several at once takes; the median of some rounds."""
    alone, together = [], []
    work(content)
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        work(content)
        alone.append(time.perf_counter() - began)
        began = time.perf_counter()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(work, [content] * _AT_ONCE))
        together.append((time.perf_counter() - began) / _AT_ONCE)
    return median(alone), median(together)


def main() -> None:
    """Measure, print and keep the figures."""
    reader = Confined(
        "services.chassis.uploads.reading:read", memory_bytes=MEMORY_BYTES, at_once=4, seconds=60, wait_seconds=60
    )

    def confined(content: bytes) -> None:
        with tempfile.TemporaryFile(buffering=0) as source, tempfile.TemporaryFile(buffering=0) as target:
            source.write(content)
            source.seek(0)
            reader.call({"allowed": DOCUMENTS, **_LIMITS}, source, target)

    samples = {
        "12 megapixels": photo(4032, 3024),
        "12 megapixels, turned": photo(4032, 3024, exif=_turned()),
        "48 megapixels": photo(8064, 6048),
        "portrait, 600 by 800": photo(600, 800),
    }
    table = Table("photo", "here, s", "confined, s", "ratio", f"{_AT_ONCE} at once, here", "confined", "ratio")
    figures: dict[str, Any] = {}
    for name, content in samples.items():
        here = _seconds(lambda photo: accept(photo, allowed=DOCUMENTS, **_LIMITS), content)
        apart = _seconds(confined, content)
        ratios = [apart[0] / here[0], apart[1] / here[1]]
        table.add_row(
            name,
            f"{here[0]:.3f}",
            f"{apart[0]:.3f}",
            f"{ratios[0]:.2f}",
            f"{here[1]:.3f}",
            f"{apart[1]:.3f}",
            f"{ratios[1]:.2f}",
        )
        figures[name] = {"here": here, "confined": apart, "ratios": ratios}
    figures["rss_max_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _RESULTS.parent.mkdir(parents=True, exist_ok=True)
    _RESULTS.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    Console().print(table)


if __name__ == "__main__":
    main()
