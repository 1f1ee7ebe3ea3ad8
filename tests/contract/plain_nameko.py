"""A service on stock nameko that knows nothing of us: `nameko run tests.contract.plain_nameko`."""

import json

from nameko.events import event_handler


class Elsewhere:
    name = "elsewhere"

    @event_handler("desk", "taken_up")
    def on_taken_up(self, payload):
        print("received", json.dumps(payload), flush=True)
