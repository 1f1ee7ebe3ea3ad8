"""Ask the Python Packaging Advisory Database whether a pinned library has a known vulnerability. Needs internet.

    python scripts/audit.py               every requirements/*.txt of a service; figures in .run/audit.json

Exit code 0: each library was looked up, and none has one. 1: some have; what to do is in docs/releasing.md. 2: not all could be looked up,
which proves nothing: pip-audit by itself would pass over them, as it does behind a mirror that knows no advisories.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SERVICES = ("registration", "verification", "accounts", "notifications", "feedback")
_SECONDS = 600


def audited(service: str) -> list[dict[str, Any]]:
    """Return what pip-audit says of each library of a service; an empty list if it could not ask at all."""
    options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json"]
    file = ROOT / f"requirements/{service}.txt"
    done = subprocess.run(
        [Path(sys.executable).with_name("pip-audit"), *options, "--requirement", file],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return []
    return found


def judged(libraries: list[dict[str, Any]]) -> tuple[list[str], int]:
    """Return a line for each vulnerability, and how many libraries were not looked up."""
    lines = {
        f"{each['name']} {each['version']}: {', '.join([one['id'], *one.get('aliases', ())])}, mended in {', '.join(one['fix_versions']) or 'no version yet'}"
        for each in libraries
        for one in each.get("vulns", ())
    }
    return sorted(lines), sum("skip_reason" in each for each in libraries)


def main() -> int:
    """Audit every service, and return the exit code."""
    answers = {service: audited(service) for service in SERVICES}
    lines, skipped = judged([each for answer in answers.values() for each in answer])
    missing = [service for service, answer in answers.items() if not answer]
    report = {
        "libraries": sum(map(len, answers.values())),
        "vulnerabilities": lines,
        "not_looked_up": skipped,
        "without_answer": missing,
    }
    (ROOT / ".run").mkdir(exist_ok=True)
    (ROOT / ".run/audit.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    for line in lines:
        print(line)
    if missing or skipped:
        print(
            f"Not audited: {skipped} libraries were not looked up, {len(missing)} services not at all. "
            "Is there internet here? A mirror without advisories will not do: run this elsewhere before the release."
        )
    return 1 if lines else 2 if missing or skipped else 0


if __name__ == "__main__":
    sys.exit(main())
