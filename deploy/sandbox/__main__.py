"""`python -m deploy.sandbox`: serve until stopped."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

from aiohttp import web

from deploy.sandbox import app
from deploy.sandbox.settings import Settings
from services.chassis import clock


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped; return 0, or 3 if a port is taken."""
    told = _parser().parse_args(arguments)
    if offset := os.environ.get("CLOCK_OFFSET_FILE"):
        clock.use_offset_file(Path(offset))
    settings = Settings(**vars(told))
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # it logs every step of every connection, with addresses
    log = logging.getLogger("sandbox")
    log.info("sandbox on http://%s:%d/, e-mail on port %d", settings.host, settings.port, settings.smtp_port)
    try:
        web.run_app(
            app.make(settings), host=settings.host, port=settings.port, print=None, access_log=None, shutdown_timeout=2
        )
    except OSError as error:
        log.error("cannot serve: %s", error)
        return 3
    return 0


def _parser() -> argparse.ArgumentParser:
    default = Settings()
    parser = argparse.ArgumentParser(
        prog="python -m deploy.sandbox",
        description="Simulates HGĐ, two SMS providers (Twilio, AWS End User Messaging) and a mail server, and shows what arrives.",
        epilog="CLOCK_OFFSET_FILE moves its clock together with that of the services.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    option = parser.add_argument
    option("--host", default=default.host, help="address to listen on")
    option("--port", type=int, default=default.port, help="HTTP: HGĐ, SMS, inbox and page")
    option("--smtp-port", type=int, default=default.smtp_port, help="SMTP")
    option("--imap-port", type=int, default=default.imap_port, help="IMAP, for the mailbox of complaints; 0: none")
    option("--mailbox-user", default=default.mailbox_user, help="user of that mailbox, and its address")
    option("--mailbox-password", default=default.mailbox_password, help="its password")
    option("--imap-certificate", default=default.imap_certificate, help="certificate (PEM), for IMAP by TLS")
    option("--imap-key", default=default.imap_key, help="key of the certificate (PEM)")
    option("--twilio-port", type=int, default=default.twilio_port, help="a port of Twilio's own, which can be shut; 0: none")
    option("--aws-port", type=int, default=default.aws_port, help="a port of AWS's own, which can be shut; 0: none")
    option("--base-url", default=default.base_url, help="where others find the sandbox, for the certificate of its SNS")
    option("--aws-subscriber", default=default.aws_subscriber, help="where events of SMS by AWS are posted")
    option("--api-key", default=default.api_key, help="X-Api-Key that HGĐ requires")
    option("--auth-token", default=default.auth_token, help="token of the SMS account; callbacks are signed with it")
    option("--keep-messages", type=_positive, default=default.keep_messages, help="number of newest messages to keep")
    option(
        "--keep-attachment-bytes",
        type=_positive,
        default=default.keep_attachment_bytes,
        help="bytes of e-mail attachments to keep",
    )
    option(
        "--delivery-seconds", type=float, default=default.delivery_seconds, help="time from sending an SMS to its arrival"
    )
    option("--callback-tries", type=_positive, default=default.callback_tries, help="tries of a status callback")
    return parser


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"expected a positive whole number, not {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
