"""Each service's database restored to some thousand facts ago under load, and what `vss after-restore` and its commands mend.

Citizens file and officers decide all along. A backup is made, so many facts pass, the service is killed, its database is restored,
and the operator does what the runbook says (`docs/runbooks/restore.md`).
"""

from __future__ import annotations

import json
import shlex
import threading
import time
from collections import Counter
from itertools import cycle
from pathlib import Path
from typing import Any

from playground.account import Account
from playground.complaint import Complaint, complaint_of
from playground.stage import STAFF_PASSWORD
from playground.system import SERVICES
from services.chassis.testing.processes import wait_until
from tests.faults.dossiers.load import Load
from tests.operations import say
from tests.operations.audit import audit
from tests.operations.backups import Backup, Dump, PointInTime, archive_folder, archiving
from tests.operations.people import citizens, steadily
from tests.operations.site import Servers, Site, servers

#: `interrupted` people are reported only: what was filed in the last moments of a database is told to nobody else
expect = {"numbers_twice": 0, "lost": 0, "sms_twice": 0, "mixed_up": 0, "doubled": 0, "parked": 0}

_OFFICERS = 2
#: dossiers filed
_SHORT_PER_SECOND, _PER_SECOND = 2.0, 6.0
_BEFORE = 3
#: between two complaints: three thousand facts of feedback have to pass within `_LOAD_SECONDS`
_COMPLAINT_SECONDS = 0.1
#: who file them, in turn: the stage has only so many people
_COMPLAINANTS = 20
_LOAD_SECONDS, _REST_SECONDS = 900.0, 240.0
#: a command that tells thousands of facts, each in a transaction of its own, while others use the machine
_RECOVERY_SECONDS = 900.0
_INBOX_SECONDS = 5.0
#: what a restored accounts makes and tells again, because nobody else has it
_AGAIN = ("account_activated to", "child_activated to", "passwords were sent")
#: of the sessions ended by a restore nobody is told: no service takes their tokens, which an old key signed
_ENDED = "still accepts a session that has ended"
#: a complaint is in one database only
_GONE = "people were told of PA-"


def run(short: bool) -> dict[str, Any]:
    """Restore two services of one system to 40 facts ago (short), or each of the five to 3,000 facts ago, verification by PITR."""
    turns = [("registration", "notifications")] if short else [(service,) for service in SERVICES]
    with archive_folder() as archive, servers(options=[] if short else archiving(archive)) as on:
        return {"restored": [_restored(on, archive, services, 40 if short else 3000, short=short) for services in turns]}


def _restored(on: Servers, archive: Path, services: tuple[str, ...], facts: int, *, short: bool) -> dict[str, Any]:
    """Restore the databases of these services, one after the other, in a system of its own."""
    # messages that overtake what is given back wait longer than the operator takes
    with Site(on, {"RETRY_DELAYS_SECONDS": "2,5,10,20,30,60"}) as site:
        site.deploy(*SERVICES)
        officers = [site.employ() for _ in range(_OFFICERS)]
        stop = threading.Event()
        load = Load(
            steadily(citizens(site.stage), _SHORT_PER_SECOND if short else _PER_SECOND, stop), site.web, [], officers
        )
        complaints: list[str] = []
        if "feedback" in services:
            threading.Thread(target=_complain, args=(site, stop, complaints), daemon=True).start()
        reader = threading.Thread(target=_read_inbox, args=(site, stop), daemon=True)
        reader.start()
        load.start()
        try:
            restores = [_restore(on, archive, site, load, officers, service, facts, short=short) for service in services]
        finally:
            stop.set()
        reader.join()
        wait_until(lambda: not load.goes_on(), _LOAD_SECONDS, interval_seconds=0.2)
        site.survey.settle(_REST_SECONDS)
        counted = _count(site, services, load, complaints)
        say(f"{', '.join(services)}: {counted}")  # if a later one breaks off, this is known
        return {"restores": restores, **counted}


def _restore(
    on: Servers, archive: Path, site: Site, load: Load, officers: list[Account], service: str, facts: int, *, short: bool
) -> dict[str, Any]:
    """Make a backup, let so many facts pass, restore it, and do what the runbook says."""
    before = load.decided
    assert wait_until(lambda: load.decided >= before + _BEFORE, _LOAD_SECONDS), load.faults
    database = f"{site.vhost}_{service}"
    backup: Backup = PointInTime(on, archive) if service == "verification" and not short else Dump(on, database)
    passed = _pass(site, service, facts)
    say(f"{service}: {passed} facts after the backup ({backup.name})")
    site.system.kill(service)
    backup.restore(database)
    began = time.monotonic()
    report = json.loads(site.system.vss(service, "after-restore", service, "--json", seconds=_RECOVERY_SECONDS))
    site.system.start(service, _REST_SECONDS)
    if service == "accounts":
        for officer in officers:
            officer.sign_in(STAFF_PASSWORD)
    commands = [_run(site, command) for command in report["commands"]]
    mended = time.monotonic() - began
    accepted = len(load.done)
    wait_until(lambda: len(load.done) >= accepted + (2 if short else 50), 60)
    return {
        "service": service,
        "backup": backup.name,
        "facts_after_the_backup": passed,
        "accepted_until_then": accepted,
        "repaired": report["changed"],
        "commands": commands,
        "seconds_until_mended": round(mended, 1),
    }


def _complain(site: Site, stop: threading.Event, numbers: list[str]) -> None:
    web, people = site.web(), cycle([site.stage.human() for _ in range(_COMPLAINANTS)])
    while not stop.wait(_COMPLAINT_SECONDS):
        numbers.append(Complaint.file(web, complaint_of(next(people))).no)


def _read_inbox(site: Site, stop: threading.Event) -> None:
    """Fetch what arrives as it arrives: the sandbox keeps only the newest 5,000 messages."""
    while not stop.wait(_INBOX_SECONDS):
        site.survey.read_inbox()


def _pass(site: Site, service: str, facts: int) -> int:
    """Wait until so many facts were told or heard since; return how many."""
    before = _facts(site, service)
    assert wait_until(lambda: _facts(site, service) - before >= facts, _LOAD_SECONDS, interval_seconds=0.3)
    return _facts(site, service) - before


def _facts(site: Site, service: str) -> int:
    return site.survey.count(service, "fact_log") + site.survey.count(service, "inbox")


def _run(site: Site, command: str) -> str:
    words = shlex.split(command)[1:]
    source = words[words.index("--from") + 1]
    told = json.loads(site.system.vss(source, *words, "--json", seconds=_RECOVERY_SECONDS))
    say(f"{command}: {told['facts']}")
    return f"{command}: {told['facts']} facts"


def _count(site: Site, services: tuple[str, ...], load: Load, complaints: list[str]) -> dict[str, Any]:
    found = audit(site.survey)
    numbers = Counter([filing.no for filing in load.done] + complaints)
    lost = [each for each in found.lost if _ENDED not in each]
    again = _AGAIN if "accounts" in services else ()
    doubled = [each for each in found.doubled if not any(part in each for part in again)]
    mixed_up = [each for each in found.mixed_up if "feedback" not in services or _GONE not in each]
    return {
        "dossiers": len(load.done),
        "numbers_twice": sum(number - 1 for number in numbers.values()),
        "lost": len(lost),
        "sms_twice": sum("one sms" in each for each in found.repeated),
        "emails_twice": sum("one email" in each for each in found.repeated),
        "doubled": len(doubled),
        "mixed_up": len(mixed_up),
        "complaints_gone": len(found.mixed_up) - len(mixed_up),
        "passwords_made_anew": len(found.doubled) - len(doubled),
        "parked": sum(site.survey.count(each, "held_messages", "state = 'parked'") for each in SERVICES),
        "unsettled": len(found.unsettled),
        "interrupted": len(load.faults),
        "interrupted_seen": load.faults[:5],
        "compared": dict(found.compared),
        "findings": (lost + doubled + mixed_up + found.unsettled + found.repeated)[:20],
    }
