"""Notifications with both SMS providers' real clients, at a sandbox where each has a port of its own that can be shut."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from werkzeug.serving import make_server

from playground.program import Program
from services.chassis.jobs import JobKind
from services.chassis.settings import Url
from services.chassis.testing import free_port
from services.chassis.web.app import create_app
from services.notifications.sms import api as sms_api
from services.notifications.sms import aws_api
from services.notifications.sms import jobs as sms_jobs
from tests.integration.notifications.desk import Desk

TOPIC = "arn:aws:sns:ap-southeast-1:000000000000:sandbox-sms"
#: the sandbox's kind of faults, by road
KINDS = {"twilio": "sms", "aws": "aws"}


class _Desk(Desk):
    """The desk with real clients in place of the fakes."""

    def kinds(self) -> list[JobKind]:
        return list(sms_jobs.kinds(self.resources))


class SmsWorld:
    """`desk` sends, `switch` brings faults, `inbox` shows what arrived. Runs inside `running`.

    :param keep: how many SMS the sandbox remembers.
    """

    def __init__(self, folder: Path, *, keep: int, delivery_seconds: float, **settings: Any) -> None:
        self.url, port, doors = f"http://127.0.0.1:{free_port()}", free_port(), {road: free_port() for road in KINDS}
        command = ["-m", "deploy.sandbox", "--port", self.url.rpartition(":")[2], "--smtp-port", str(free_port())]
        command += ["--delivery-seconds", str(delivery_seconds), "--keep-messages", str(keep)]
        command += ["--twilio-port", str(doors["twilio"]), "--aws-port", str(doors["aws"])]
        command += ["--aws-subscriber", f"http://127.0.0.1:{port}/notifications/callbacks/aws-sms"]
        self._sandbox = Program("sandbox", command, folder=folder, extra={}, address=(self.url, "/healthz"))
        self.desk = _Desk(
            f"sqlite:///{folder / 'sms.sqlite3'}",
            sms_provider="both",
            twilio_base_url=Url(f"http://127.0.0.1:{doors['twilio']}"),
            callback_base_url=Url(f"http://127.0.0.1:{port}"),
            aws_sms_endpoint_url=Url(f"http://127.0.0.1:{doors['aws']}/aws/sms-voice"),
            aws_sms_configuration_set="vss",
            aws_sms_topic_arn=TOPIC,
            sandbox_sns_url=Url(f"{self.url}/sns"),
            **settings,
        )
        parts = (sms_api.blueprints, aws_api.blueprints)
        app = create_app(self.desk.resources, *parts, verifier=self.desk.verifier())
        self._server = make_server("127.0.0.1", port, app, threaded=True)

    @contextmanager
    def running(self) -> Iterator[None]:
        # boto3 wants keys, and nobody checks them
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            os.environ.setdefault(name, "sandbox")
        self._sandbox.start().ready(60)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._sandbox.stop()
            self.desk.close()

    def switch(self, road: str, **faults: Any) -> None:
        """Bring faults to a road; what is left out is well."""
        requests.put(f"{self.url}/faults/{KINDS[road]}", json=faults, timeout=10).raise_for_status()

    def inbox(self) -> list[dict[str, Any]]:
        """All SMS that arrived, with the road that each came by."""
        return list(requests.get(f"{self.url}/inbox?channel=sms", timeout=60).json()["messages"])

    def happened(self) -> dict[str, int]:
        """How often each fault happened."""
        return dict(requests.get(f"{self.url}/faults", timeout=10).json()["happened"])
