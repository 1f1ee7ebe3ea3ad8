"""The style of pages is govuk-frontend as it was published, compiled with our settings: nothing was changed by hand."""

import json
import subprocess
from importlib import metadata

import pytest

from tests.contract.tools import ROOT, TOOLS

STATIC = ROOT / "services/chassis/web/pages/static"


@pytest.mark.parametrize("name", ["govuk.css", "govuk.js"])
def test_what_is_served_is_what_the_package_compiles_to(tmp_path, name):
    done = subprocess.run([ROOT / "scripts/style.sh", tmp_path], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / name).read_bytes() == (STATIC / name).read_bytes(), "run `make style`"


def test_the_macros_are_those_of_the_style():
    """govuk-frontend-jinja 4.1.0 is made for exactly 6.3.0; both are raised together."""
    assert json.loads((TOOLS / "govuk-frontend/package.json").read_text("utf-8"))["version"] == "6.3.0"
    assert metadata.version("govuk-frontend-jinja") == "4.1.0"


def test_neither_fonts_nor_crown_of_the_british_government_are_in_it():
    style = (STATIC / "govuk.css").read_text("utf-8")
    assert "@font-face" not in style
    assert "GDS Transport" not in style
    assert "/assets/" not in style
