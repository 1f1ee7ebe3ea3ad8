"""Form 01 can print the name of everybody who may file it."""

import tomllib
from pathlib import Path

import pytest

from services.registration.form01.typeface import FONTS

_NAMES = Path(__file__).parents[1] / "chassis/names_of_peoples.toml"


@pytest.mark.rule("W2", "I5")
@pytest.mark.parametrize("font", FONTS.values(), ids=list(FONTS))
def test_the_form_has_every_letter_of_the_names_of_every_people(font):
    names = [name for names in tomllib.loads(_NAMES.read_text(encoding="utf-8")).values() for name in names]
    letters = {letter for name in names for letter in name + name.upper()}
    assert [letter for letter in letters if ord(letter) not in font.face.charToGlyph] == []
