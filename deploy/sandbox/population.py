"""Generate the ten thousand people whom HGĐ knows: the same in every run, none of them real.

    people()[0]            # the guide's own example, Nguyễn Thành Biên, 0113099841
    find("0113099841")     # by BHXH code
    children()             # everybody under 18, with parents in the list

Codes are formed like real ones: a BHXH code begins with the province and year of issue, a personal ID with the province,
a digit for century and sex, and the year of birth. Phone numbers are in assigned ranges.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Literal

from deploy.sandbox import names

SIZE = 10_000
#: reference day for ages; the youngest adult is 20 and the oldest child 15, so nobody comes of age for two years
REFERENCE_DAY = date(2026, 11, 1)

Sex = Literal["male", "female"]

_SEED = 20_200_817  # the day that the guide's example registers from
_FAMILY_SHARE = 0.3
_ADULT_AGES = (20, 88)
_PARENT_AGES = (27, 44)
_CHILD_AGES = (1, 15)
_YOUNGEST_PARENT = 20
_FIRST_CODES = 2007  # BHXH codes as they are now; a child's code begins with its health card
_TURN_OF_CENTURY = 2000
# provinces by the statistics office's codes of before July 2025, large ones several times
_PROVINCES = (
    "01 01 01 01 79 79 79 79 79 48 31 31 92 38 38 40 40 74 74 75 75 02 04 06 08 10 11 12 14 15 17 19 20 22 24 25 26 27 30 33 34 "
    "35 36 37 42 44 45 46 49 51 52 54 56 58 60 62 64 66 67 68 70 72 77 80 82 83 84 86 87 89 91 93 94 95 96"
)
_PREFIXES = "032 033 034 035 036 037 038 039 070 076 077 078 079 081 082 083 084 085 086 088 090 091 093 094 096 097 098"
#: numbers from here to …999 simulate failures of SMS and belong to nobody
MAGIC_PREFIX = "0900000"


@dataclass(frozen=True, slots=True)
class Person:
    """A person in HGĐ. `phone` in national format; a child's is its parent's. `parent_of`: the children's BHXH codes."""

    bhxh_code: str
    full_name: str
    date_of_birth: date
    personal_id: str
    sex: Sex
    phone: str
    parent_of: tuple[str, ...] = ()

    def age(self, on: date) -> int:
        """Return the age in full years on a day."""
        born = self.date_of_birth
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))

    @property
    def is_child(self) -> bool:
        """Tell whether the person is under 18 on the reference day."""
        return self.age(REFERENCE_DAY) < 18


@cache
def people() -> tuple[Person, ...]:
    """Return all people, family by family; first the guide's example, his wife and their two children."""
    return tuple(_Registry().people(SIZE))


@cache
def _by_code() -> dict[str, Person]:
    return {person.bhxh_code: person for person in people()}


def find(bhxh_code: str) -> Person | None:
    """Return the person with this code, if any."""
    return _by_code().get(bhxh_code)


def children() -> tuple[Person, ...]:
    """Return everybody under 18."""
    return tuple(person for person in people() if person.is_child)


@cache
def _parents() -> dict[str, tuple[Person, ...]]:
    found: dict[str, tuple[Person, ...]] = {}
    for person in people():
        for code in person.parent_of:
            found[code] = (*found.get(code, ()), person)
    return found


def parents(child: Person) -> tuple[Person, ...]:
    """Return father and mother; empty for an adult."""
    return _parents().get(child.bhxh_code, ())


class _Registry:
    """Generates people one after the other; every number is unique."""

    def __init__(self) -> None:
        self._random = random.Random(_SEED)  # noqa: S311  # the same people every time is the point
        self._given = {"0113099841", "111349876090", "0983847986"}

    def people(self, size: int) -> Iterator[Person]:
        made = 0
        household = self._household_of_the_example()
        while made < size:
            yield from household
            made += len(household)
            household = self._family() if self._random.random() < _FAMILY_SHARE else [self._adult(*_ADULT_AGES)]
            if made + len(household) > size:  # keep families together
                household = [self._adult(*_ADULT_AGES)]

    def _household_of_the_example(self) -> list[Person]:
        example = Person("0113099841", "Nguyễn Thành Biên", date(1987, 5, 19), "111349876090", "male", "0983847986")
        wife = self._adult(35, 38, sex="female")
        return self._with_children(example, wife, [self._born(10, 10), self._born(6, 6)])

    def _family(self) -> list[Person]:
        father = self._adult(*_PARENT_AGES, sex="male")
        mother = self._adult(*_PARENT_AGES, sex="female")
        younger = min(father.age(REFERENCE_DAY), mother.age(REFERENCE_DAY))
        oldest = min(younger - _YOUNGEST_PARENT, _CHILD_AGES[1])
        births = sorted(self._born(_CHILD_AGES[0], oldest) for _ in range(self._random.choice((1, 1, 2, 2, 2, 3))))
        return self._with_children(father, mother, births)

    def _with_children(self, father: Person, mother: Person, births: list[date]) -> list[Person]:
        surname = max((name for name in names.SURNAMES if father.full_name.startswith(f"{name} ")), key=len)
        made = [self._person(born, self._sex(), surname=surname, phone=father.phone) for born in births]
        codes = tuple(child.bhxh_code for child in made)
        return [replace(father, parent_of=codes), replace(mother, parent_of=codes), *made]

    def _adult(self, youngest: int, oldest: int, *, sex: Sex | None = None) -> Person:
        return self._person(self._born(youngest, oldest), sex or self._sex())

    def _person(self, born: date, sex: Sex, *, surname: str | None = None, phone: str | None = None) -> Person:
        return Person(
            bhxh_code=self._bhxh_code(born),
            full_name=self._name(sex, surname),
            date_of_birth=born,
            personal_id=self._personal_id(born, sex),
            sex=sex,
            phone=phone or self._unused(lambda: self._random.choice(_PREFIXES.split()) + self._digits(7)),
        )

    def _sex(self) -> Sex:
        return "male" if self._random.random() < 0.5 else "female"

    def _born(self, youngest: int, oldest: int) -> date:
        """Return a birthday of somebody `youngest` to `oldest` years old on the reference day."""
        days = self._random.randrange(youngest * 366, max(oldest * 365, youngest * 366 + 1))
        return REFERENCE_DAY - timedelta(days=days)

    def _name(self, sex: Sex, surname: str | None) -> str:
        middles, given = (
            (names.MALE_MIDDLES, names.MALE_GIVEN) if sex == "male" else (names.FEMALE_MIDDLES, names.FEMALE_GIVEN)
        )
        family = surname or self._random.choices(tuple(names.SURNAMES), tuple(names.SURNAMES.values()))[0]
        return unicodedata.normalize("NFC", f"{family} {self._random.choice(middles)} {self._random.choice(given)}")

    def _bhxh_code(self, born: date) -> str:
        issued = self._random.randint(max(born.year, _FIRST_CODES), REFERENCE_DAY.year)
        return self._unused(lambda: f"{self._random.choice(_PROVINCES.split())}{issued % 100:02d}{self._digits(6)}")

    def _personal_id(self, born: date, sex: Sex) -> str:
        digit = (0 if born.year < _TURN_OF_CENTURY else 2) + (sex == "female")
        return self._unused(
            lambda: f"0{self._random.choice(_PROVINCES.split())}{digit}{born.year % 100:02d}{self._digits(6)}"
        )

    def _digits(self, count: int) -> str:
        return str(self._random.randrange(10**count)).zfill(count)

    def _unused(self, make: Callable[[], str]) -> str:
        while (number := make()) in self._given or number.startswith(MAGIC_PREFIX):
            pass
        self._given.add(number)
        return number
