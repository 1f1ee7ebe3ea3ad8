"""nameko extension that serves a service's HTTP API.

    class Registration:
        name = "registration"
        http = Http(api.blueprints)

The process (`services.chassis.bus.process`) has put the resources into the container's config before.
"""

from collections.abc import Callable, Sequence
from typing import Any

from nameko.extensions import DependencyProvider

from services.chassis.probes.parts import Need
from services.chassis.resources import CONFIG_KEY, Resources
from services.chassis.sweeps import Guard
from services.chassis.web.app import create_app
from services.chassis.web.auth import JwtVerifier
from services.chassis.web.budgets import FORGET_BUDGETS
from services.chassis.web.idempotency import FORGET_RESPONSES
from services.chassis.web.pages import compiling
from services.chassis.web.pages.held import FORGET_HELD
from services.chassis.web.resources import BlueprintSource
from services.chassis.web.server import Server
from services.chassis.web.tokens import FORGET_REVOKED

#: what its requests leave behind
PRUNINGS = (FORGET_BUDGETS, FORGET_RESPONSES, FORGET_REVOKED, FORGET_HELD)


class Http(DependencyProvider):  # type: ignore[misc]
    """Serve the blueprints of all ``sources`` at `WEB_SERVER_ADDRESS` of the container's config.

    The resources are in the container's config; the limits among their settings (`http_max_body_bytes`, …).
    `verifier` makes, from the resources, what checks bearer tokens for `auth.requires`; `/readyz` says whether it can. `needs`: what
    else requests need (`probes/parts.py`). `staff_only`: as for `create_app`.
    """

    server = Server()

    def __init__(
        self,
        *sources: BlueprintSource,
        verifier: Callable[[Resources[Any]], JwtVerifier] | None = None,
        needs: Sequence[Need] = (),
        staff_only: bool = False,
    ) -> None:
        self._sources = sources
        self._verifier = verifier
        self.needs = needs
        self.staff_only = staff_only

    def setup(self) -> None:
        """Build the application."""
        resources: Resources[Any] = self.container.config[CONFIG_KEY]
        self._health = resources.health
        self.server.settings = resources.settings
        verifier = self._verifier(resources) if self._verifier else None
        for need in self.needs:
            need(resources)
        if verifier is not None:
            resources.health.add("keys", verifier.check, "Is JWKS_URL right, and does accounts run?", critical=False)
        guard = Guard.of(resources)
        self._prunings = [pruning.periodic(resources.db, guard) for pruning in PRUNINGS]
        app = create_app(resources, *self._sources, verifier=verifier, staff_only=self.staff_only)
        compiling.compile_all(app, resources.service)
        self.server.app = app

    def start(self) -> None:
        """Start forgetting what is old; the server starts by itself."""
        for pruning in self._prunings:
            pruning.start()

    def stop(self) -> None:
        """Report not ready, then let running requests finish."""
        for pruning in self._prunings:
            pruning.stop()
        self._health.stopping()
        self.server.drain()
