"""Finding services by name, and saying clearly what is wrong when one is not to be had."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import services
from services.chassis.discovery import commands, installed, load, load_all
from services.chassis.errors import StartUpError

SERVICE = '''
from marshmallow import fields
from services.chassis.facts import Fact, Reader, public, reads

class DeclarationSubmitted(Fact, name="declaration_submitted", version=1, subject="dossier_no",
                           example={"dossier_no": "261121-000001-8"}):
    """A citizen has sent Form 01."""
    dossier_no: str = public(fields.String(required=True))

class IdentityVerified(Reader, service="verification", name="identity_verified", version=1):
    dossier_no: str = reads(fields.String(required=True))

def on_identity_verified(session, fact):
    pass

class Registration:
    name = "NAME"
    publishes = (DeclarationSubmitted,)
    reads = {IdentityVerified: on_identity_verified}
'''


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Adds a module to the packages installed here, for one test."""
    root = tmp_path / "services"
    root.mkdir()
    monkeypatch.setattr(services, "__path__", [*services.__path__, str(root)])
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(path: str, text: str) -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        file.write_text(text, encoding="utf-8")

    yield write
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def registration(write: Callable[[str, str], None]) -> None:
    write("services/intake/service.py", SERVICE.replace("NAME", "intake"))


def fault(ref: str) -> str:
    with pytest.raises(StartUpError) as caught:
        load(ref)
    return str(caught.value)


def test_a_folder_with_a_service_module_is_installed(registration: None) -> None:
    assert "intake" in installed()


def test_a_folder_without_one_is_not(write: Callable[[str, str], None]) -> None:
    write("services/shared_templates/pages.py", "")
    assert "shared_templates" not in installed()


def test_the_chassis_is_no_service(write: Callable[[str, str], None]) -> None:
    assert "chassis" not in installed()


def test_a_service_is_loaded_by_its_name(registration: None) -> None:
    service = load("intake")
    assert (service.name, service.__name__) == ("intake", "Registration")
    assert [fact.fact_name for fact in service.publishes] == ["declaration_submitted"]


def test_a_service_is_loaded_as_module_and_class(write: Callable[[str, str], None]) -> None:
    write("samples_of_this_test.py", SERVICE.replace("NAME", "sample"))
    assert load("samples_of_this_test:Registration").name == "sample"


def test_all_that_are_installed_are_loaded_when_none_is_named(registration: None) -> None:
    assert "intake" in [service.name for service in load_all()]


def test_a_service_named_twice_is_loaded_once(registration: None) -> None:
    assert len(load_all(["intake", "services.intake.service:Registration"])) == 1


def test_two_classes_with_one_name_are_refused(write: Callable[[str, str], None]) -> None:
    write("one_of_two.py", SERVICE.replace("NAME", "sample"))
    write("two_of_two.py", SERVICE.replace("NAME", "sample"))
    with pytest.raises(StartUpError, match="Two services are named 'sample': one_of_two:Registration and two_of_two"):
        load_all(["one_of_two:Registration", "two_of_two:Registration"])


def test_a_misspelt_name_is_answered_with_the_nearest(registration: None) -> None:
    assert fault("intakes").startswith("There is no service 'intakes' here. Did you mean intake?")


def test_a_misspelt_module_is_answered_with_the_nearest(registration: None) -> None:
    assert "no module 'services.intakr'. Did you mean services.intake?" in fault("services.intakr.service:Registration")
    assert "Did you mean services.intake.service?" in fault("services.intake.servise:Registration")


def test_a_misspelt_class_is_answered_with_the_nearest(registration: None) -> None:
    assert fault("services.intake.service:Registratoin") == (
        "services.intake.service has no class 'Registratoin'. Did you mean Registration?"
    )


def test_a_missing_dependency_is_told_from_a_missing_service(write: Callable[[str, str], None]) -> None:
    write("services/intake/service.py", "import no_such_library_anywhere")
    assert fault("intake") == (
        "intake: its module 'services.intake.service' needs 'no_such_library_anywhere', which is not installed; "
        "install the service's own extra."
    )


def test_a_service_that_fails_while_it_is_imported_says_how(write: Callable[[str, str], None]) -> None:
    write("services/intake/service.py", "1 / 0")
    assert fault("intake").endswith("importing 'services.intake.service' failed: ZeroDivisionError: division by zero")


def test_a_module_with_two_service_classes_wants_to_be_told_which(write: Callable[[str, str], None]) -> None:
    write("services/intake/service.py", SERVICE.replace("NAME", "intake") + "\nclass Second(Registration): pass\n")
    assert "has 2 classes with an attribute `publishes`: Registration, Second; one is expected" in fault("intake")
    assert load("services.intake.service:Second").__name__ == "Second"


def test_a_module_without_any_says_so(write: Callable[[str, str], None]) -> None:
    write("services/intake/service.py", "")
    assert "has 0 classes with an attribute `publishes`; one is expected" in fault("intake")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('name = "NAME"', "name = 7"), "its `name` is lower_snake_case, not 7"),
        (('name = "NAME"', 'name = "sample-one"'), "its `name` is lower_snake_case, not 'sample-one'"),
        (("publishes = ", "publish = "), "its `publishes` is a sequence of Fact classes, not None (it has `publish`)"),
        (("reads = {", "read = {"), "its `reads` maps Reader classes to functions, it is not None (it has `read`)"),
        (
            ("(DeclarationSubmitted,)", "(DeclarationSubmitted, IdentityVerified)"),
            "IdentityVerified, which is no Fact class",
        ),
        (("{IdentityVerified:", "{DeclarationSubmitted:"), "`reads` holds DeclarationSubmitted, which is no Reader class"),
        ((": on_identity_verified}", ": 5}"), "maps IdentityVerified to 5, which is no function (session, fact)"),
        (("(session, fact)", "(session)"), "to on_identity_verified, which is no function (session, fact)"),
    ],
)
def test_a_class_that_is_no_service_is_told_why(
    write: Callable[[str, str], None], change: tuple[str, str], said: str
) -> None:
    assert change[0] in SERVICE
    write("wrong_of_this_test.py", SERVICE.replace(*change).replace("NAME", "sample"))
    message = fault("wrong_of_this_test:Registration")
    assert message.startswith("wrong_of_this_test:Registration is no service: ")
    assert said in message


def test_one_fact_published_by_two_classes_is_refused(write: Callable[[str, str], None]) -> None:
    second = "\nclass Again(DeclarationSubmitted, name='declaration_submitted', version=1, subject='dossier_no', "
    second += "example={'dossier_no': '1'}): pass\nRegistration.publishes = (DeclarationSubmitted, Again)\n"
    write("twice_of_this_test.py", SERVICE.replace("NAME", "sample") + second)
    assert "holds declaration_submitted v1 twice: DeclarationSubmitted and Again" in fault("twice_of_this_test:Registration")


def test_all_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = type("Wrong", (), {"name": None, "publishes": 1, "reads": 2})
    monkeypatch.setitem(sys.modules, "wrong_here", SimpleNamespace(Wrong=wrong))
    assert fault("wrong_here:Wrong").count("its `") == 3


def test_a_service_may_bring_one_command_or_several(write: Callable[[str, str], None]) -> None:
    write("services/intake/service.py", SERVICE.replace("NAME", "intake"))
    write("services/intake/cli.py", "import typer\napp = typer.Typer(name='intake')\n")
    write("services/archive/service.py", SERVICE.replace("NAME", "archive"))
    write("services/archive/cli.py", "import typer\napps = (typer.Typer(name='boxes'), typer.Typer(name='shelves'))\n")
    assert {"intake", "boxes", "shelves"} <= {each.info.name for each in commands()}
