"""``vss facts``: list, export, check and snapshot, as a person runs them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from marshmallow import fields
from typer.testing import CliRunner, Result

from services.chassis import discovery
from services.chassis.cli import facts
from tests.contract.samples import making

REGISTRATION = "tests.contract.samples.registration:Registration"
VERIFICATION = "tests.contract.samples.verification:Verification"
BOTH = ("--service", REGISTRATION, "--service", VERIFICATION)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(facts.app, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture
def made() -> Iterator[Any]:
    """A module whose class ``Made`` a test can change between two commands."""
    module = SimpleNamespace(Made=making.service(publishes=[making.fact()]))
    sys.modules["made_here"] = module  # type: ignore[assignment]  # it need only look like one
    yield module
    del sys.modules["made_here"]


class TestList:
    def test_it_shows_each_fact_with_its_readers(self) -> None:
        shown = run("list", *BOTH).output
        lines = {" ".join(line.split()[1:3]): " ".join(line.split()[3:]) for line in shown.splitlines()}
        assert lines["declaration_submitted v1"] == "6 of 11 verification"
        assert lines["draft_left v1"].endswith("nobody has to")

    def test_a_fact_that_waits_for_a_reader_is_seen(self) -> None:
        assert "nobody yet" in run("list", "--service", REGISTRATION).output

    def test_a_wrong_service_ends_with_one_clear_line(self) -> None:
        done = run("list", "--service", "registratoin")
        assert done.exit_code == 2
        assert done.stderr.startswith("There is no service 'registratoin' here.")
        assert len(done.stderr.splitlines()) == 1

    def test_without_any_service_installed_it_says_what_to_write(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(discovery, "installed", list)
        done = run("list")
        assert done.exit_code == 2
        assert done.stderr == "No service is installed here. Name one: --service module:Class\n"


class TestExport:
    def test_it_writes_schemas_documents_and_the_catalogue(self, tmp_path: Path) -> None:
        assert run("export", *BOTH, "--out", tmp_path).exit_code == 0
        assert sorted(file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*") if file.is_file()) == [
            "asyncapi.public.json",
            "asyncapi.registration.json",
            "asyncapi.verification.json",
            "events.md",
            "public/registration/facts/declaration_expired.v1.json",
            "public/registration/facts/declaration_submitted.v1.json",
            "public/verification/facts/case_received.v1.json",
            "public/verification/facts/identity_verified.v1.json",
            "public/verification/facts/identity_verified.v2.json",
            "registration/facts/declaration_expired.v1.json",
            "registration/facts/declaration_submitted.v1.json",
            "registration/facts/draft_left.v1.json",
            "verification/facts/case_received.v1.json",
            "verification/facts/identity_verified.v1.json",
            "verification/facts/identity_verified.v2.json",
        ]

    def test_a_second_run_touches_nothing(self, tmp_path: Path) -> None:
        run("export", *BOTH, "--out", tmp_path)
        before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
        assert "15 files in" in (done := run("export", *BOTH, "--out", tmp_path)).output
        assert ", 0 changed." in done.output
        assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")} == before

    def test_the_order_of_services_makes_no_difference(self, tmp_path: Path) -> None:
        run("export", *BOTH, "--out", tmp_path)
        turned = ("--service", VERIFICATION, "--service", REGISTRATION)
        assert run("export", *turned, "--out", tmp_path, "--check").exit_code == 0

    def test_the_catalogue_tells_what_happened_the_fields_and_who_reads_it(self, tmp_path: Path) -> None:
        run("export", *BOTH, "--out", tmp_path)
        page = (tmp_path / "events.md").read_text(encoding="utf-8")
        section = page[page.index("### declaration_submitted v1") : page.index("### draft_left v1")]
        assert "A citizen has sent Form 01." in section
        assert "- read by: verification (`dossier_no`, `route`, `office`, `signature`)" in section
        assert "| `dossier_no` | string | yes | **public** | số hồ sơ |" in section
        assert "| `contact.phone` | string | yes |  | E.164 |" in section
        assert "| `attachments[].size` | integer, at least 1 | yes | **public** | bytes |" in section
        assert "| `subject.full_name` | string, 1 to 200 characters | yes |  |  |" in section
        assert '"full_name": "Nguyễn Thành Biên"' in section

    def test_check_passes_on_what_was_written(self, tmp_path: Path) -> None:
        run("export", *BOTH, "--out", tmp_path)
        done = run("export", *BOTH, "--out", tmp_path, "--check")
        assert (done.exit_code, done.output) == (0, f"15 files in {tmp_path} are up to date.\n")

    def test_check_tells_each_difference_and_writes_nothing(self, tmp_path: Path) -> None:
        run("export", *BOTH, "--out", tmp_path)
        (tmp_path / "asyncapi.public.json").unlink()
        left = tmp_path / "registration" / "facts" / "declaration_withdrawn.v1.json"
        left.write_text("{}")
        page = tmp_path / "events.md"
        page.write_text(page.read_text(encoding="utf-8").replace("số hồ sơ", "mã hồ sơ"), encoding="utf-8")
        done = run("export", *BOTH, "--out", tmp_path, "--check")
        assert done.exit_code == 1
        assert "asyncapi.public.json: missing" in done.output
        assert "registration/facts/declaration_withdrawn.v1.json: left over" in done.output
        assert "events.md: differs\n--- on disk\n+++ declared\n" in done.output
        assert "\n-| `dossier_no` | string | yes | **public** | mã hồ sơ |\n" in done.output
        assert (
            f"3 of 15 files in {tmp_path} are not up to date. Run: vss facts export --out {tmp_path} --service"
            in done.stderr
        )
        assert left.exists()
        assert not (tmp_path / "asyncapi.public.json").exists()

    def test_a_fact_that_is_gone_takes_its_files_with_it_and_no_others(self, tmp_path: Path, made: Any) -> None:
        made.Made.publishes += (making.fact(name="draft_left"),)
        run("export", "--service", "made_here:Made", "--out", tmp_path)
        own = tmp_path / "registration" / "facts" / "notes.txt"
        own.write_text("kept")
        made.Made.publishes = made.Made.publishes[:1]
        done = run("export", "--service", "made_here:Made", "--out", tmp_path)
        assert "registration/facts/draft_left.v1.json: removed" in done.output
        assert "public/registration/facts/draft_left.v1.json: removed" in done.output
        assert own.read_text() == "kept"

    def test_a_folder_that_cannot_be_written_is_told_in_one_line(self, tmp_path: Path) -> None:
        (tmp_path / "taken").write_text("")
        done = run("export", *BOTH, "--out", tmp_path / "taken")
        assert done.exit_code == 1
        assert len(done.stderr.splitlines()) == 1
        assert "taken" in done.stderr

    def test_a_fact_that_cannot_be_described_is_told_in_one_line(self, tmp_path: Path, made: Any) -> None:
        made.Made.publishes = (making.fact({"fee": 1}, fee=fields.Decimal()),)
        done = run("export", "--service", "made_here:Made", "--out", tmp_path)
        assert (done.exit_code, done.stderr) == (1, "Made.fee: Decimal: JSON has no decimals; use as_string=True\n")


class TestSnapshotAndCheck:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "facts.snapshot.json"

    def test_what_was_recorded_passes_the_check(self, file: Path) -> None:
        assert run("snapshot", *BOTH, "--file", file).output == f"6 facts recorded in {file}.\n"
        done = run("check", *BOTH, "--file", file)
        assert (done.exit_code, done.output) == (0, f"6 facts fit {file}.\n")

    def test_a_second_snapshot_of_the_same_changes_nothing(self, file: Path) -> None:
        run("snapshot", *BOTH, "--file", file)
        before = file.read_bytes()
        assert "holds all 6 facts already" in run("snapshot", *BOTH, "--file", file).output
        assert file.read_bytes() == before

    def test_a_harmless_change_wants_to_be_recorded(self, file: Path, made: Any) -> None:
        run("snapshot", "--service", "made_here:Made", "--file", file)
        made.Made.publishes = (making.fact({"note": "a"}, note=fields.String()),)
        done = run("check", "--service", "made_here:Made", "--file", file)
        assert done.exit_code == 1
        assert done.stderr == (
            f"Nothing breaks, but {file} does not hold all of it yet. Run: vss facts snapshot, and commit the file.\n"
        )
        assert run("snapshot", "--service", "made_here:Made", "--file", file).exit_code == 0
        assert run("check", "--service", "made_here:Made", "--file", file).exit_code == 0

    def test_a_breaking_change_is_refused_by_both_and_not_recorded(self, file: Path, made: Any) -> None:
        made.Made.publishes = (making.fact({"note": "a"}, note=fields.String()),)
        run("snapshot", "--service", "made_here:Made", "--file", file)
        before = file.read_bytes()
        made.Made.publishes = (making.fact({"note": "a"}, note=fields.String(required=True)),)
        for command in ("check", "snapshot"):
            done = run(command, "--service", "made_here:Made", "--file", file)
            assert done.exit_code == 1
            assert done.stderr == (
                "registration declaration_submitted v1: field note became required: readers of older messages in the "
                "outbox/stream would fail; keep it optional, or publish v2\n"
                "1 change would break readers or lose messages.\n"
            )
        assert file.read_bytes() == before

    def test_a_field_goes_public_only_when_that_is_said_by_name(self, file: Path, made: Any) -> None:
        made.Made.publishes = (making.fact({"note": "a"}, note=fields.String()),)
        run("snapshot", "--service", "made_here:Made", "--file", file)
        public = making.fact({"note": "a"}, note=fields.String(), public_fields=["dossier_no", "note"])
        made.Made.publishes = (public,)
        assert "field note became public" in run("snapshot", "--service", "made_here:Made", "--file", file).stderr
        accept = ("--accept-public", "registration.declaration_submitted.note")
        assert run("snapshot", "--service", "made_here:Made", "--file", file, *accept).exit_code == 0
        assert run("check", "--service", "made_here:Made", "--file", file).exit_code == 0

    def test_a_version_is_retired_only_when_that_is_said_by_name(self, file: Path, made: Any) -> None:
        made.Made.publishes = (making.fact(), making.fact(version=2))
        run("snapshot", "--service", "made_here:Made", "--file", file)
        made.Made.publishes = (making.fact(version=2),)
        assert "v1: is gone" in run("check", "--service", "made_here:Made", "--file", file).stderr
        accept = ("--accept-removed", "registration.declaration_submitted.v1")
        assert run("snapshot", "--service", "made_here:Made", "--file", file, *accept).exit_code == 0
        assert list(json.loads(file.read_text())["registration"]) == ["declaration_submitted.v2"]

    def test_one_service_is_checked_and_recorded_without_the_others(self, file: Path) -> None:
        run("snapshot", *BOTH, "--file", file)
        assert run("check", "--service", VERIFICATION, "--file", file).output == f"3 facts fit {file}.\n"
        recorded = json.loads(file.read_text(encoding="utf-8"))
        del recorded["verification"]["case_received.v1"]
        file.write_text(json.dumps(recorded), encoding="utf-8")
        assert run("snapshot", "--service", VERIFICATION, "--file", file).exit_code == 0
        assert set(json.loads(file.read_text(encoding="utf-8"))) == {"registration", "verification"}

    def test_a_file_that_is_no_snapshot_is_told_in_one_line(self, file: Path) -> None:
        file.write_text("{")
        done = run("check", *BOTH, "--file", file)
        assert done.exit_code == 2
        assert done.stderr.startswith(f"{file} is not JSON")
        assert len(done.stderr.splitlines()) == 1
