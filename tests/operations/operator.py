"""An operator who reads the alarms in the services' logs and does what they say."""

from __future__ import annotations

import json
import shlex
from typing import Any

from playground.program import ProgramError
from tests.operations import say
from tests.operations.site import Site

_NEW_SECRETS = "--new-secrets"


class Operator:
    """Runs each command that a service's log has named as the remedy: first dry, and then in earnest."""

    def __init__(self, site: Site) -> None:
        self._site = site
        #: what was run
        self.commands: list[str] = []
        self.facts_missed = self.facts_resent = 0
        self._seen = {service: len(self._alarms(service)) for service in site.survey.services}
        self._to_do: list[str] = []

    def mend(self) -> None:
        """Do what the logs have asked for since the last time; what fails is tried again the next time."""
        for service in self._site.survey.services:
            alarms = self._alarms(service)
            for alarm in alarms[self._seen[service] :]:
                self.facts_missed += int(alarm["count"])
                self._to_do.append(str(alarm["remedy"]))
            self._seen[service] = len(alarms)
        self._to_do = [remedy for remedy in self._to_do if not self._run(remedy)]

    def _alarms(self, service: str) -> list[dict[str, Any]]:
        return self._site.system.programs[service].events("facts_missing")

    def _run(self, remedy: str) -> bool:
        words = shlex.split(remedy)[1:]
        source = words[words.index("--from") + 1]
        try:
            dry = json.loads(self._site.system.vss(source, *words, "--dry-run", "--json"))
            # a first password that was told to nobody has to be made anew
            words += [_NEW_SECRETS] if dry["without_secret"] else []
            told = json.loads(self._site.system.vss(source, *words, "--json"))
        except ProgramError as error:
            say(f"{remedy}: {error}")
            return False
        say(f"vss {' '.join(words)}: {told['facts']} facts")
        self.commands.append(f"vss {' '.join(words)}")
        self.facts_resent += told["facts"]
        return True
