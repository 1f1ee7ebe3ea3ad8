"""What integrators do with our documents: lint them, generate typed clients from them, parse them. Minutes, so `make contracts` runs it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from services.chassis.catalogue.asyncapi import of_service
from services.chassis.discovery import load_all
from tests.contract.documents import document, operations
from tests.contract.tools import ROOT, figures, run
from tests.integration.http.desks import SERVICES

pytestmark = pytest.mark.slow

#: a program that uses what was generated, and one that uses it wrongly
_RIGHT = """
import type { paths } from "./registration";
type Body = paths["/registration/declarations"]["post"]["requestBody"]["content"]["application/json"];
type Made = paths["/registration/declarations"]["post"]["responses"][201]["content"]["application/json"];
const address = { map: "before-2025-07" as const, province_code: "01", district_code: "272", ward_code: "09763", text: "Thon 4" };
export const body: Body = {
  kind: "register", route: "portal", channel: "web", office_code: "01", filing: "counter", registered_at: "portal",
  guardian: null, parent: null, ivan_name: null, start_date: null,
  subject: { full_name: "Bien", bhxh_code: "0113099841", personal_id: null, id_type: "cccd", id_number: "111349876090", date_of_birth: null },
  contact: { phone: "0983847986", email: null, remove_email: false, address, person: null },
};
export const tell = (made: Made): string => made.draft_id + made.tracking_code;
"""
_WRONG = _RIGHT.replace('kind: "register"', 'kind: "registered"')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("openapi")
    for service in SERVICES:
        (made / f"{service}.json").write_text(json.dumps(document(service), ensure_ascii=False), encoding="utf-8")
    return made


def test_spectral_finds_nothing(folder: Path) -> None:
    rules = ROOT / "scripts/node/spectral.yaml"
    files = sorted(folder.glob("*.json"))
    done = run(
        "spectral", "lint", "--ruleset", rules, "--format", "json", "--quiet", "--fail-severity", "warn", *files, tool=True
    )
    found = json.loads(done.stdout or "[]")
    figures("spectral", documents=len(files), findings=len(found))
    assert Counter((each["code"], "/".join(map(str, each["path"])), each["message"]) for each in found) == Counter()
    assert done.returncode == 0, done.stderr


def test_spectral_would_tell_a_missing_id(folder: Path, tmp_path: Path) -> None:
    spoilt = json.loads((folder / "accounts.json").read_text(encoding="utf-8"))
    del spoilt["paths"]["/accounts/me"]["get"]["operationId"]
    file = tmp_path / "spoilt.json"
    file.write_text(json.dumps(spoilt), encoding="utf-8")
    done = run(
        "spectral",
        "lint",
        "--ruleset",
        ROOT / "scripts/node/spectral.yaml",
        "--format",
        "json",
        "--quiet",
        file,
        tool=True,
        counts=False,
    )
    assert done.returncode == 1
    assert "operation-operationId" in {each["code"] for each in json.loads(done.stdout)}


@pytest.fixture(scope="module")
def generated(folder: Path) -> Path:
    for service in SERVICES:
        done = run("openapi-typescript", folder / f"{service}.json", "-o", folder / f"{service}.d.ts", tool=True)
        assert done.returncode == 0, done.stderr
    return folder


def compiled(folder: Path, program: str, *, counts: bool = True) -> str:
    (folder / "program.ts").write_text(program, encoding="utf-8")
    files = [*folder.glob("*.d.ts"), folder / "program.ts"]
    return run(
        "tsc",
        "--noEmit",
        "--strict",
        "--target",
        "es2022",
        "--moduleResolution",
        "bundler",
        "--module",
        "esnext",
        *files,
        tool=True,
        counts=counts,
    ).stdout


def test_generated_types_compile_and_a_client_uses_them(generated: Path) -> None:
    assert compiled(generated, _RIGHT) == ""
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in generated.glob("*.d.ts"))
    figures("openapi-typescript", services=len(SERVICES), operations=len(list(operations())), lines=lines)


def test_generated_types_refuse_what_the_service_would(generated: Path) -> None:
    assert "program.ts" in compiled(generated, _WRONG, counts=False)


def test_the_asyncapi_parser_accepts_every_service_and_the_public_feed() -> None:
    files = sorted((ROOT / "docs/facts").glob("asyncapi.*.json"))
    assert len(files) == len(load_all()) + 1
    done = run("asyncapi.mjs", *files)
    found = [line for line in done.stdout.splitlines() if ": error:" in line or ": warning:" in line]
    messages = sum(len(of_service(each)["components"]["messages"]) for each in load_all())
    figures("@asyncapi/parser", documents=len(files), messages=messages, findings=len(found))
    assert (done.returncode, found) == (0, [])
