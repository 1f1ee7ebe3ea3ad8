"""Migrations since the previous release only add: that release starts and serves on the database that this one has migrated."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from playground.program import environment_with
from services.chassis.database import Database
from services.chassis.database.migrations import steps_in
from services.chassis.discovery import load
from services.chassis.seal import generate_keypair
from services.chassis.secretbox import generate_key
from tests.stand.previous import RELEASE_0_1, RELEASE_0_2, ROOT, previous_release, unpack, version_of
from tests.stand.schema_change import contracts, schema_of, taken_away

SERVICES = ("registration", "verification", "accounts", "notifications", "feedback")


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(previous_release(), tmp_path_factory.mktemp("previous"))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(RELEASE_0_1, tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    keys = generate_keypair()
    return {
        "SEAL_PUBLIC_KEY": keys.public_key,
        "SEAL_PRIVATE_KEY": keys.private_key.reveal(),
        "SECRETS_KEY": generate_key().reveal(),
    }


def migrate_with(release: Path, service: str, url: str, settings: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services.chassis.cli.main", "migrate", service],
        cwd=release,
        env=environment_with({"DATABASE_URL": url} | settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_previous_release_is_the_newest_one_that_the_changelog_closes() -> None:
    sections = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE)[1:]
    unreleased, *released = [
        (title.split()[0], text.strip()) for title, _, text in (each.partition("\n") for each in sections)
    ]
    # with nothing unreleased this is the newest one itself
    before = released[0 if unreleased[1] else 1][0]
    assert version_of(previous_release()) == before
    assert (version_of(RELEASE_0_1), version_of(RELEASE_0_2)) == ("0.1.0", "0.2.0")


@pytest.mark.parametrize("service", SERVICES)
def test_the_previous_release_finds_all_it_knows_after_this_one_has_migrated(
    service: str, previous: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'some.db'}"
    migrate_with(previous, service, url, settings)
    before = schema_of(url)
    Database(url).migrate(load(service).migrations)  # type: ignore[attr-defined]  # every service of ours has them
    declared = [name for part in ("chassis", service) for name in contracts(ROOT / "services" / part / "migrations")]
    faults = taken_away(before, schema_of(url))
    assert not faults or declared, f"{faults}: do it in a later release, by a step that says `contract` (decision 27)"
    # it starts again on what this release has left
    migrate_with(previous, service, url, settings)


@pytest.mark.parametrize("service", SERVICES)
def test_the_previous_release_starts_on_a_database_that_this_one_has_made(
    service: str, previous: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'made.db'}"
    Database(url).migrate(load(service).migrations)  # type: ignore[attr-defined]  # every service of ours has them
    migrate_with(previous, service, url, settings)


@pytest.mark.slow
@pytest.mark.parametrize("service", SERVICES)
def test_release_0_1_starts_again_on_what_this_one_has_made_of_its_database(
    service: str, first: Path, settings: dict[str, str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'first.db'}"
    migrate_with(first, service, url, settings)
    before = schema_of(url)
    Database(url).migrate(load(service).migrations)  # type: ignore[attr-defined]  # every service of ours has them
    assert not taken_away(before, schema_of(url))
    migrate_with(first, service, url, settings)


@pytest.mark.parametrize("part", ["chassis", *SERVICES])
def test_what_the_previous_release_still_uses_is_not_taken_away(part: str, previous: Path) -> None:
    folder = Path("services") / part / "migrations"
    known = steps_in(previous / folder).revisions
    # the step that makes something unnecessary, and the one that takes it away, belong to different releases
    too_early = {name: first for name, first in contracts(ROOT / folder).items() if first not in known}
    assert too_early == {}
