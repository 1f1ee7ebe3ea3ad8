"""Registration in the test's own process, and the forms that are sent to it."""

import io
from contextlib import suppress
from types import SimpleNamespace

import pypdf
import sqlalchemy as sa
from PIL import Image

from services.accounts import events as accounts
from services.chassis.documents import DocumentNotFound
from services.chassis.seal import Opener, generate_keypair
from services.chassis.settings import Secret
from services.chassis.web.auth import InvalidToken, Principal
from services.registration.declarations.rules import Declaration
from services.registration.service import BLUEPRINTS, JOBS, SWEEPS, Registration
from services.verification import events as verification
from tests.stand import desk
from tests.stand.tokens import with_second_factor

PREFIX = "/registration/declarations"
FORM = {
    "kind": "register",
    "route": "portal",
    "channel": "web",
    "subject": {
        "full_name": "Nguyễn Thành Biên",
        "bhxh_code": "0113099841",
        "id_type": "cccd",
        "id_number": "111349876090",
        "date_of_birth": "1987-05-19",
    },
    "contact": {
        "phone": "0983 847 986",
        "email": "biennt@vss.gov.vn",
        "address": {
            "map": "before-2025-07",
            "province_code": "01",
            "district_code": "272",
            "ward_code": "09763",
            "text": "Thôn 4 Thụ Trai",
        },
        "person": "Nguyễn Thành Biên",
    },
    "guardian": None,
    "office_code": "01",
    "filing": "counter",
    "registered_at": "portal",
    "start_date": "2026-12-01",
}
CHILD = {
    "kind": "register",
    "route": "guardian",
    "channel": "app",
    "subject": {"full_name": "Lê Gia Bảo", "bhxh_code": "0122334455", "date_of_birth": "2019-03-01"},
    "contact": {"address": {"map": "2025", "province_code": "01", "ward_code": "00070"}},
    "guardian": {"relationship": "mother"},
    "office_code": "01",
    "filing": "counter",
    "registered_at": "portal",
}
#: the guardian who files for the child, as accounts tells of her
LAN = {
    "bhxh_code": "0101010101",
    "full_name": "Lê Thị Lan",
    "contact": {"phone": "+84912345678", "email": "lan@example.com"},
}
PARENT = {
    "full_name": "Lê Thị Lan",
    "id_type": "cccd",
    "id_number": "001 190 004 321",
    "relationship": "mother",
    "phone": "0912345678",
}
_FACTS = {fact.fact_name: fact for fact in (*verification.FACTS, *accounts.FACTS)}


#: one paper, one picture (V3)
COLOURS = {"id_front": "red", "id_back": "green", "portrait": "navy", "signed_form": "white", "birth_certificate": "yellow"}


def words(pdf):
    """What a PDF says."""
    return " ".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def picture(kind="JPEG", size=(60, 40), colour="navy"):
    """A small picture."""
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, kind)
    return target.getvalue()


def merged(base, changes):
    """`base` with `changes` put into it, level by level."""
    found = dict(base)
    for key, value in changes.items():
        found[key] = merged(found[key], value) if isinstance(value, dict) and isinstance(found.get(key), dict) else value
    return found


def tokens(token):
    """A token is `role:id` or `role:id:place` here: the board of a board, everybody else's office, 79 unless it says another."""
    role, _, rest = token.partition(":")
    id_, _, place = rest.partition(":")
    if not id_:
        raise InvalidToken("no")
    claims = {"sub": id_, "role": role} | with_second_factor()
    if role == "board":
        return Principal(id_, role, claims | {"board": place})
    office = place or "79"
    province = office[:2] if office[:2].isdecimal() else "00"
    return Principal(id_, role, claims | {"office": office, "province": province})


class Desk(desk.Desk):
    """Registration without its bus."""

    service, blueprints, jobs, sweeps = Registration, BLUEPRINTS, JOBS, SWEEPS

    def __init__(self, database_url, **settings):
        self.keys = generate_keypair()
        super().__init__(database_url, **settings)

    def configure(self, **settings):
        super().configure(**{"seal_public_key": Secret(self.keys.public_key)} | settings)

    def opened(self, box, context):
        """What a sealed box holds, as only notifications can see it."""
        return Opener(self.keys.private_key).open(box, context)

    def verifier(self):
        return tokens

    # ------------------------------------------------------------ people

    def post(self, form=FORM, *, token=None, key=None, **changes):
        if form["route"] == "guardian" and token and token.startswith("citizen:"):
            self.hear("account_activated", account_id=token.removeprefix("citizen:"), **LAN)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        return self.client.post(PREFIX, json=merged(form, changes), headers=headers)

    def create(self, form=FORM, *, token=None, **changes):
        answer = self.post(form, token=token, **changes)
        assert answer.status_code == 201, answer.text
        return SimpleNamespace(
            no=answer.json["draft_id"], draft_id=answer.json["draft_id"], code=answer.json["tracking_code"]
        )

    def ask(self, method, dossier, path="", *, token=None, code=None, **kwargs):
        headers = kwargs.pop("headers", {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        elif code or code is None:
            headers["X-Tracking-Code"] = code or dossier.code
        return self.client.open(f"{PREFIX}/{dossier.no}{path}", method=method, headers=headers, **kwargs)

    def submit(self, dossier, **kwargs):
        """Submit the draft, which is called by its number from then on."""
        answer = self.ask("POST", dossier, "/submit", json={"commitment": True}, **kwargs)
        if answer.status_code == 202:
            dossier.no = answer.json["dossier_no"]
        return answer

    def submitted(self, form=FORM, *, token=None, **changes):
        dossier = self.create(form, token=token, **changes)
        answer = self.submit(dossier)
        assert answer.status_code == 202, answer.text
        return dossier

    def put(self, dossier, kind="portrait", content=None, content_type="image/jpeg", **kwargs):
        return self.ask(
            "PUT",
            dossier,
            f"/attachments/{kind}",
            data=picture(colour=COLOURS.get(kind, "navy")) if content is None else content,
            content_type=content_type,
            **kwargs,
        )

    def status(self, dossier, **kwargs):
        return self.ask("GET", dossier, **kwargs).json

    # ------------------------------------------------------------ what follows

    def hear(self, name, dossier=None, *, revision=1, **changes):
        """Handle a fact of another service, as its example has it."""
        example = _FACTS[name].example if name in _FACTS else {}
        body = example | ({"dossier_no": dossier.no} if dossier else {}) | changes
        self.handle(self.reader(name), body, revision=revision)

    def row(self, dossier):
        with self.db.read() as session:
            return session.scalar(sa.select(Declaration).where(Declaration.dossier_no == dossier.no))

    def kept(self, document_ids):
        """Those of the documents that the store still has."""
        left = []
        for each in document_ids:
            with suppress(DocumentNotFound):
                self.documents.get(each)
                left.append(each)
        return left

    def everything(self):
        """All that the tables hold, as text: to look for what must not be there."""
        with self.db.read() as session:
            tables = sa.inspect(self.db.engine).get_table_names()
            return {
                name: [repr(tuple(row)) for row in session.execute(sa.text(f'SELECT * FROM "{name}"'))] for name in tables
            }
