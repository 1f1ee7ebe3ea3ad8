"""The programs in scripts/, loaded as modules."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

_SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def script(name: str) -> ModuleType:
    """Return the module `scripts/NAME.py`, which may import those beside it."""
    if str(_SCRIPTS) not in sys.path:
        sys.path.append(str(_SCRIPTS))
    return importlib.import_module(name)
