"""Every service has the one shape, and the house has no circles and no back doors (scripts/house.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stand import scripts

script = scripts.script("house")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with one small service in the right shape."""
    files = {
        "__init__.py": "",
        "service.py": "from services.desk import events, handlers\n\n\nclass Desk:\n    name = 'desk'\n",
        "settings.py": "LIMIT = 1\n",
        "schema.py": "class Base(DeclarativeBase):\n    pass\n",
        "events.py": "from services.desk.cases.facts import CaseOpened\n\nFACTS = (CaseOpened,)\n",
        "readers.py": "class Filed(Reader):\n    pass\n",
        "handlers.py": "from services.desk import readers\n\nHANDLERS = {readers.Filed: print}\n",
        "README.md": "# Desk\n",
        "cases/__init__.py": "",
        "cases/facts.py": "class CaseOpened(Fact):\n    pass\n",
        "cases/rules.py": "def open_case():\n    return 1\n",
    }
    for name, text in files.items():
        write(tmp_path, name, text)
    (tmp_path / "services/__init__.py").write_text("", encoding="utf-8")
    return tmp_path


def write(house: Path, name: str, text: str) -> None:
    file = house / "services/desk" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def faults(house: Path) -> list[str]:
    return list(script.House(house).faults())


def test_the_house_has_its_shape(capsys: pytest.CaptureFixture[str]) -> None:
    broken = script.main()
    assert broken == 0, capsys.readouterr().out


def test_a_small_service_in_the_right_shape_has_no_fault(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert faults(house) == []
    assert script.main(house) == 0
    assert "The shape holds." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("utils.py", "", "desk/utils.py: no such file in the shape"),
        ("cases/_hidden.py", "", "no file of ours begins with an underscore"),
        ("cases/sweeps.py", "SWEEPS = ()\n", "services.desk.cases.sweeps gives the wiring no `sweeps`"),
        ("cases/handlers.py", "X = 1\n", "services.desk.cases.handlers gives the wiring no `HANDLERS`"),
        ("cases/jobs.py", "class CaseClosed(Fact):\n    pass\n", "is a Fact and belongs in facts.py"),
        ("handlers.py", "HANDLERS = {}\nX = 1\n", "does not end with the map HANDLERS"),
        ("cases/rules.py", "x = cast(int, 1)\n", "rules:1 casts"),
        ("cases/rules.py", "assert isinstance(1, int)\n", "rules:1 asserts"),
        ("cases/refusals.py", "class Refused(Exception):\n    pass\n", "duplicates the chassis"),
        ("cases/rules.py", "from services.desk.cases.facts import _secret\n", "imports _secret, which is private"),
        ("cases/rules.py", "from services.desk.cases import facts\n\nfacts._secret()\n", "uses facts._secret"),
        ("cases/rules.py", "x = 1\n" * 251, "has 251 lines"),
        ("service.py", "x = 1\n" * 65, "wiring fits on one screen"),
        ("cases/facts.py", "import services.desk.events\n\n\nclass CaseOpened(Fact):\n    pass\n", "import circle"),
    ],
)
def test_what_breaks_the_shape_is_found(house: Path, name: str, text: str, fault: str) -> None:
    write(house, name, text)
    assert any(fault in each for each in faults(house)), faults(house)


def test_a_long_file_that_says_why_in_its_first_lines_is_allowed(house: Path) -> None:
    write(house, "cases/rules.py", '"""One table.\n\nLonger than 250 lines: it is one table.\n"""\n' + "x = 1\n" * 251)
    assert faults(house) == []


def test_an_import_inside_a_function_makes_no_circle(house: Path) -> None:
    write(house, "cases/facts.py", "def late():\n    import services.desk.events\n\n\nclass CaseOpened(Fact):\n    pass\n")
    assert faults(house) == []
