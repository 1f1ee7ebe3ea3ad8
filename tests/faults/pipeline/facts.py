"""What the two services tell each other."""

from marshmallow import fields

from services.chassis.facts import Fact, Reader, private, public, reads


class DossierFiled(
    Fact,
    name="dossier_filed",
    version=1,
    subject="dossier_no",
    example={"dossier_no": "D-1", "number": 1, "full_name": "Nguyễn Thành Biên"},
):
    """A dossier was filed."""

    dossier_no: str = public(fields.String(required=True))
    number: int = public(fields.Integer(required=True))
    full_name: str = private(fields.String(required=True))


class CaseOpened(Fact, name="case_opened", version=1, subject="dossier_no", example={"dossier_no": "D-1", "case_no": "C-1"}):
    """A case was opened for a dossier."""

    dossier_no: str = public(fields.String(required=True))
    case_no: str = public(fields.String(required=True))


class FiledDossier(Reader, service="intake", name="dossier_filed", version=1):
    """What the office takes from a dossier."""

    dossier_no: str = reads(fields.String(required=True))
    number: int = reads(fields.Integer(required=True))


class FiledDossierV2(Reader, service="intake", name="dossier_filed", version=2):
    """A version that only the mended office knows."""

    dossier_no: str = reads(fields.String(required=True))


class RefiledDossier(Reader, service="intake", name="dossier_refiled", version=1):
    """A fact that only the mended office knows."""

    dossier_no: str = reads(fields.String(required=True))


class OpenedCase(Reader, service="office", name="case_opened", version=1):
    """What the intake takes from a case."""

    dossier_no: str = reads(fields.String(required=True))
