"""An operator who reads the alarms in the services' logs and does what they say, to the letter."""

from __future__ import annotations

import shlex
from typing import Any

from tests.operations import say
from tests.operations.site import Site


class Operator:
    """Runs each command that a service's log has named as the remedy, once."""

    def __init__(self, site: Site) -> None:
        self._site = site
        #: what was run
        self.commands: list[str] = []
        self.facts_missed = 0
        self._seen = {service: len(self._alarms(service)) for service in site.survey.services}

    def mend(self) -> bool:
        """Run what the logs have asked for since the last time; return whether there was anything."""
        before = len(self.commands)
        for service in self._site.survey.services:
            alarms = self._alarms(service)
            for alarm in alarms[self._seen[service] :]:
                self.facts_missed += int(alarm["count"])
                self._run(str(alarm["remedy"]))
            self._seen[service] = len(alarms)
        return len(self.commands) > before

    def _alarms(self, service: str) -> list[dict[str, Any]]:
        return self._site.system.programs[service].events("facts_missing")

    def _run(self, remedy: str) -> None:
        say(f"the operator runs {remedy}")
        words = shlex.split(remedy)
        source = words[words.index("--from") + 1]
        self._site.system.vss(source, *words[1:])
        self.commands.append(remedy)
