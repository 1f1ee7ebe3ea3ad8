"""Sign like Amazon SNS, with a key and certificate of the sandbox's own, and post to the one subscriber of its topic."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from deploy.sandbox.callbacks import Callback
from services.chassis import clock

TOPIC = "arn:aws:sns:ap-southeast-1:000000000000:sandbox-sms"
_SIGNED = ("Message", "MessageId", "Timestamp", "TopicArn", "Type")


class Sns:
    """`GET /sns/certificate.pem`; notifications are made by `notification`. `base`: where the sandbox is, as its subscriber sees it."""

    def __init__(self, base: str) -> None:
        self._certificate_url = f"{base.rstrip('/')}/sns/certificate.pem"
        self._key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.sandbox")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder(
            name,
            name,
            self._key.public_key(),
            x509.random_serial_number(),
            now - timedelta(days=1),
            now + timedelta(days=3650),
        )
        self._certificate = made.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/sns/certificate.pem", self.certificate)]

    async def certificate(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._certificate, content_type="application/x-pem-file")

    def notification(self, url: str, about: str, event: dict[str, Any]) -> Callback:
        """Return the callback that posts this event, signed (SignatureVersion 2)."""
        body = {
            "Type": "Notification",
            "MessageId": str(uuid.uuid4()),
            "TopicArn": TOPIC,
            "Message": json.dumps(event),
            "Timestamp": clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        }
        text = "".join(f"{name}\n{body[name]}\n" for name in _SIGNED)
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        body |= {
            "SignatureVersion": "2",
            "Signature": base64.b64encode(signature).decode(),
            "SigningCertURL": self._certificate_url,
        }
        headers = {"Content-Type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": "Notification"}
        return Callback(url, about, json.dumps(body), headers)
