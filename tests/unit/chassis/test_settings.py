"""Settings from the environment: where a value comes from, what a fault says, and what is never shown."""

from __future__ import annotations

import base64
import copy
import dataclasses
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import SettingsError
from services.chassis.settings import ChassisSettings, Secret, Url, setting

KEY = base64.b64encode(bytes(32)).decode()


class Settings(ChassisSettings, service="registration", http_address="127.0.0.1:8101", ignores=("REGISTRATION_OWNER",)):
    draft_days: int = setting(default=30, help="how long a draft is kept", minimum=1, maximum=365)
    ratio: float = setting(default=0.5, help="a ratio", minimum=0)
    officer: str | None = setting(default=None, help="who to ask")
    folders: tuple[Path, ...] = setting(default=(), help="where to look")
    sms_token: Secret = setting(default=Secret("unset"), help="token of the SMS gateway")
    colour: str = setting(default="red", help="of the button", choices=("red", "blue"))


class Demanding(ChassisSettings, service="demanding"):
    gateway: Url = setting(help="the gateway", schemes=("https",))
    limit: int = setting(help="the limit", maximum=9)


def faults(environ: dict[str, str], settings: type[ChassisSettings] = Settings) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings.from_environment(environ)
    return caught.value.faults


class TestWhereAValueComesFrom:
    def test_an_empty_environment_gives_the_defaults(self) -> None:
        settings = Settings.from_environment({})
        assert settings == Settings()
        assert (settings.batch_size, settings.prefetch, settings.stop_seconds) == (200, 400, 20.0)
        assert settings.retry_delays_seconds == (5, 30, 300, 1800, 7200)
        assert settings.amqp_uri.reveal() == "amqp://guest:guest@127.0.0.1:5672/"

    def test_the_name_of_the_service_is_in_its_defaults(self) -> None:
        assert Settings().database_url.reveal() == "sqlite:///.run/registration.db"
        assert Settings().http_address == "127.0.0.1:8101"
        assert Demanding(gateway=Url("https://a"), limit=1).database_url.reveal() == "sqlite:///.run/demanding.db"

    def test_the_service_s_own_variable_goes_before_the_general_one(self) -> None:
        environ = {"BATCH_SIZE": "100", "REGISTRATION_BATCH_SIZE": "7", "PREFETCH": "10"}
        settings = Settings.from_environment(environ)
        assert (settings.batch_size, settings.prefetch) == (7, 10)

    def test_an_empty_variable_counts_as_not_set(self) -> None:
        environ = {"REGISTRATION_BATCH_SIZE": " ", "BATCH_SIZE": "9", "LOG_LEVEL": "", "SMS_TOKEN": ""}
        settings = Settings.from_environment(environ)
        assert (settings.batch_size, settings.log_level, settings.sms_token) == (9, "INFO", Secret("unset"))

    def test_the_process_s_own_environment_is_read_when_none_is_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("REGISTRATION_DRAFT_DAYS", "3")
        assert Settings.from_environment().draft_days == 3

    def test_a_secret_may_be_in_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "token").write_text("  s3cret \n")
        (tmp_path / "url").write_text("postgresql://vss:s3cret@db/registration\n")
        environ = {"SMS_TOKEN_FILE": str(tmp_path / "token"), "REGISTRATION_DATABASE_URL_FILE": str(tmp_path / "url")}
        settings = Settings.from_environment(environ)
        assert settings.sms_token.reveal() == "  s3cret "
        assert settings.database_url.reveal() == "postgresql://vss:s3cret@db/registration"

    def test_the_service_s_own_file_goes_before_the_general_variable(self, tmp_path: Path) -> None:
        (tmp_path / "token").write_text("own")
        environ = {"REGISTRATION_SMS_TOKEN_FILE": str(tmp_path / "token"), "SMS_TOKEN": "general"}
        assert Settings.from_environment(environ).sms_token.reveal() == "own"

    def test_settings_cannot_be_changed(self) -> None:
        with pytest.raises(dataclasses.FrozenInstanceError):
            Settings().batch_size = 1  # type: ignore[misc]  # frozen, and tried all the same

    def test_settings_made_directly_keep_the_bounds_too(self) -> None:
        assert Settings(draft_days=365).draft_days == 365
        with pytest.raises(SettingsError, match="DRAFT_DAYS"):
            Settings(draft_days=366)


class TestTypes:
    @pytest.mark.parametrize(
        ("name", "text", "value"),
        [
            ("draft_days", " 7 ", 7),
            ("ratio", "1e-3", 0.001),
            ("ratio", "4", 4.0),
            ("officer", "Nguyễn Thị Ánh", "Nguyễn Thị Ánh"),
            ("log_json", "off", False),
            ("log_json", "TRUE", True),
            ("folders", "/a, b ,", (Path("/a"), Path("b"))),
            ("retry_delays_seconds", "1", (1,)),
            ("colour", "BLUE", "blue"),
            ("log_level", "warning", "WARNING"),
            ("s3_endpoint_url", "http://127.0.0.1:9000", Url("http://127.0.0.1:9000")),
            ("documents_url", "s3://bucket/prefix", Url("s3://bucket/prefix")),
            ("http_address", "[::1]:0", "[::1]:0"),
            ("http_address", ":8101", ":8101"),
        ],
    )
    def test_a_text_becomes_a_value_of_the_declared_type(self, name: str, text: str, value: object) -> None:
        got = getattr(Settings.from_environment({name.upper(): text}), name)
        assert (got, type(got)) == (value, type(value))

    @pytest.mark.parametrize(
        ("name", "text", "expected"),
        [
            ("DRAFT_DAYS", "0", "a whole number from 1 to 365"),
            ("DRAFT_DAYS", "7.5", "a whole number"),
            ("DRAFT_DAYS", "1" * 5000, "a whole number"),
            ("RATIO", "nan", "a number from 0"),
            ("RATIO", "-inf", "a number from 0"),
            ("LOG_JSON", "maybe", "true or false"),
            ("COLOUR", "green", "one of red, blue"),
            ("RETRY_DELAYS_SECONDS", "5,soon", "a list with commas, each a whole number"),
            ("RETRY_DELAYS_SECONDS", "5,0", "a list with commas, each a whole number from 1"),
            ("HTTP_ADDRESS", "8101", "host:port"),
            ("HTTP_ADDRESS", "127.0.0.1:65536", "host:port"),
            ("HTTP_ADDRESS", "127.0.0.1:8101\n:1", "host:port"),
            ("AMQP_URI", "127.0.0.1:5672", "a URL with scheme amqp or amqps"),
            ("AMQP_URI", "http://127.0.0.1", "a URL with scheme amqp or amqps"),
            ("DATABASE_URL", "mysql://db/x", "a URL with scheme sqlite"),
            ("SEAL_PUBLIC_KEY", "c2hvcnQ=", "32 bytes in base64"),
            ("SEAL_PRIVATE_KEY", f"{KEY},?", "32 bytes in base64"),
        ],
    )
    def test_a_wrong_text_is_a_fault_that_names_the_variable_and_what_was_expected(
        self, name: str, text: str, expected: str
    ) -> None:
        (fault,) = faults({name: text})
        assert fault.startswith(f"{name}: expected {expected}")
        assert len(fault) < 400

    def test_several_keys_make_a_rotation(self) -> None:
        assert Settings.from_environment({"SEAL_PRIVATE_KEY": f"{KEY},{KEY}"}).seal_private_key == Secret(f"{KEY},{KEY}")

    @given(days=st.integers())
    def test_bounds_hold_for_every_number(self, days: int) -> None:
        environ = {"DRAFT_DAYS": str(days)}
        if 1 <= days <= 365:
            assert Settings.from_environment(environ).draft_days == days
        else:
            assert len(faults(environ)) == 1

    def test_a_home_folder_that_nobody_has_is_a_fault_like_any_other(self) -> None:
        with pytest.raises(SettingsError, match="CLOCK_OFFSET_FILE"):
            Settings.from_environment({"CLOCK_OFFSET_FILE": "~nobody-of-that-name/offset"})

    @given(st.dictionaries(st.sampled_from([row.name for row in Settings.describe()]), st.text(max_size=30)))
    def test_whatever_the_environment_holds_the_answer_is_settings_or_faults(self, environ: dict[str, str]) -> None:
        with suppress(SettingsError):
            assert Settings.from_environment(environ).service == "registration"


class TestFaults:
    def test_all_faults_come_at_once(self) -> None:
        found = faults({"BATCH_SIZE": "0", "LOG_LEVEL": "loud", "REGISTRATION_RATIO": "x", "REGISTRATION_BATHC_SIZE": "5"})
        assert [fault.split(":")[0] for fault in found] == [
            "BATCH_SIZE",
            "LOG_LEVEL",
            "REGISTRATION_RATIO",
            "REGISTRATION_BATHC_SIZE",
        ]

    def test_what_has_no_default_must_be_set(self) -> None:
        assert faults({}, Demanding) == [
            "GATEWAY: not set. Set it to a URL with scheme https: the gateway.",
            "LIMIT: not set. Set it to a whole number up to 9: the limit.",
        ]

    def test_a_fault_says_what_to_do(self) -> None:
        assert faults({"REGISTRATION_DRAFT_DAYS": "x"}) == [
            "REGISTRATION_DRAFT_DAYS: expected a whole number from 1 to 365, got 'x'. Correct it, or remove it to have the default (30)."
        ]

    def test_a_typo_is_found_and_the_nearest_name_told(self) -> None:
        assert faults({"REGISTRATION_DRAFT_DAY": "3"}) == [
            "REGISTRATION_DRAFT_DAY: no such setting, perhaps REGISTRATION_DRAFT_DAYS is meant. Rename or remove it."
        ]

    def test_what_kubernetes_sets_for_a_service_of_that_name_is_no_typo(self) -> None:
        environ = {
            "REGISTRATION_SERVICE_HOST": "10.0.0.1",
            "REGISTRATION_SERVICE_PORT": "8101",
            "REGISTRATION_SERVICE_PORT_HTTP": "8101",
            "REGISTRATION_PORT": "tcp://10.0.0.1:8101",
            "REGISTRATION_PORT_8101_TCP": "tcp://10.0.0.1:8101",
            "REGISTRATION_PORT_8101_TCP_ADDR": "10.0.0.1",
        }
        assert Settings.from_environment(environ) == Settings()
        assert faults({"REGISTRATION_PORT": "8101"})

    def test_what_belongs_to_others_is_no_typo(self) -> None:
        assert Settings.from_environment({"REGISTRATION_OWNER": "x", "REGISTRATIONS": "y", "PATH": "/bin"}) == Settings()

    def test_a_variable_and_its_file_cannot_both_be_set(self, tmp_path: Path) -> None:
        (fault,) = faults({"SMS_TOKEN": "a", "SMS_TOKEN_FILE": str(tmp_path)})
        assert "both are set" in fault

    def test_only_what_is_secret_is_read_from_a_file(self) -> None:
        (fault,) = faults({"REGISTRATION_BATCH_SIZE_FILE": "/run/size"})
        assert "no such setting" in fault

    @pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"x" * 70_000, None])
    def test_a_file_that_holds_no_secret_is_a_fault(self, tmp_path: Path, content: bytes | None) -> None:
        file = tmp_path / "token"
        if content is not None:
            file.write_bytes(content)
        (fault,) = faults({"SMS_TOKEN_FILE": str(file)})
        assert fault.startswith("SMS_TOKEN_FILE: expected")

    @pytest.mark.parametrize("path", ["/", "/nowhere/at/all", "/dev/null/x", "a\0b"])
    def test_a_path_that_is_no_file_is_a_fault(self, path: str) -> None:
        (fault,) = faults({"SMS_TOKEN_FILE": path})
        assert fault.startswith("SMS_TOKEN_FILE: expected")

    def test_a_check_of_the_service_s_own_is_reported_too(self) -> None:
        class Careful(ChassisSettings, service="careful"):
            def check(self) -> Iterator[str]:
                yield from super().check()
                if self.prefetch < self.batch_size:
                    yield "PREFETCH: expected at least BATCH_SIZE. Raise it."

        assert faults({"PREFETCH": "1"}, Careful) == ["PREFETCH: expected at least BATCH_SIZE. Raise it."]


class TestSecrets:
    def test_no_way_of_printing_shows_a_secret(self) -> None:
        settings = Settings(sms_token=Secret("hunter2"), amqp_uri=Url("amqp://vss:hunter2@mq/"))
        copied = copy.deepcopy(settings)
        for shown in (
            str(settings),
            repr(settings),
            str(dataclasses.asdict(settings)),
            f"{copied.sms_token} {copied.amqp_uri}",
        ):
            assert "hunter2" not in shown
        assert copied == settings
        with pytest.raises(TypeError):
            json.dumps(settings.sms_token)

    @pytest.mark.parametrize(
        ("url", "shown"),
        [
            ("amqp://vss:hunter2@mq:5672/v", "amqp://vss:********@mq:5672/v"),
            ("amqp://:hunter2@mq", "amqp://:********@mq"),
            (
                "postgresql://vss@db/x?password=hunter2&sslmode=require",
                "postgresql://vss@db/x?password=********&sslmode=require",
            ),
            ("https://h/x?api_key=hunter2#top", "https://h/x?api_key=********#top"),
            ("sqlite:///.run/registration.db", "sqlite:///.run/registration.db"),
            ("postgresql:///x?host=/run/pg", "postgresql:///x?host=/run/pg"),
        ],
    )
    def test_a_url_shows_all_but_its_password(self, url: str, shown: str) -> None:
        assert (str(Url(url)), repr(Url(url)), Url(url).reveal()) == (shown, f"Url({shown!r})", url)

    @given(password=st.text(min_size=6, alphabet=st.characters(codec="ascii", categories=("L", "N", "P", "S"))))
    def test_no_fault_and_no_repr_shows_a_password_however_it_is_written(self, password: str) -> None:
        password = f"¤{password}¤"  # marked, so that a chance likeness with other words is no finding
        try:
            shown = repr(Settings.from_environment({"AMQP_URI": f"amqp://vss:{password}@mq/"}))
        except SettingsError as error:
            shown = "\n".join([*error.faults, str(error), repr(error)])
        assert "¤" not in shown

    @pytest.mark.parametrize("name", ["SEAL_PRIVATE_KEY", "DATABASE_URL", "S3_ENDPOINT_URL"])
    def test_a_fault_of_a_secret_does_not_show_it(self, name: str) -> None:
        (fault,) = faults({name: "hunter2"})
        assert "hunter2" not in fault

    def test_an_exception_on_the_way_is_not_chained_to_the_fault(self) -> None:
        with pytest.raises(SettingsError) as caught:
            Settings.from_environment({"SEAL_PUBLIC_KEY": "hunter2", "RATIO": "x"})
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None

    def test_equal_secrets_are_equal_and_can_be_keys(self) -> None:
        assert Secret("a") == Secret("a") != Secret("b")
        assert len({Secret("a"), Secret("a"), Url("a:b"), Url("a:b")}) == 2


class TestTable:
    def test_each_setting_has_a_row_with_name_type_default_and_meaning(self) -> None:
        rows = {row.name: row for row in Settings.describe()}
        assert rows["DRAFT_DAYS"][:4] == ("DRAFT_DAYS", "a whole number from 1 to 365", "30", "how long a draft is kept")
        assert rows["RETRY_DELAYS_SECONDS"].default == "5,30,300,1800,7200"
        assert rows["LOG_JSON"].default == "true"
        assert rows["FOLDERS"].default == rows["OFFICER"].default == "none"
        assert {row.name: row for row in Demanding.describe()}["LIMIT"].default == "required"

    def test_it_says_what_is_set_here_and_by_which_variable(self, tmp_path: Path) -> None:
        (tmp_path / "token").write_text("hunter2")
        environ = {
            "REGISTRATION_DRAFT_DAYS": " 7",
            "SMS_TOKEN_FILE": str(tmp_path / "token"),
            "AMQP_URI": "amqp://vss:hunter2@mq/",
            "RATIO": "x",
        }
        set_here = {row.name: (row.value, row.source) for row in Settings.describe(environ) if row.source}
        assert set_here == {
            "DRAFT_DAYS": ("7", "REGISTRATION_DRAFT_DAYS"),
            "SMS_TOKEN": ("********", "SMS_TOKEN_FILE"),
            "AMQP_URI": ("amqp://vss:********@mq/", "AMQP_URI"),
            "RATIO": ("refused", "RATIO"),
        }

    def test_no_default_in_it_shows_a_secret(self) -> None:
        rows = {row.name: row for row in Settings.describe()}
        assert rows["SMS_TOKEN"].default == "********"
        assert rows["AMQP_URI"].default == "amqp://guest:********@127.0.0.1:5672/"

    def test_every_setting_can_be_set_to_its_shown_default(self) -> None:
        rows = [row for row in Settings.describe() if row.default not in ("none", "********") and "****" not in row.default]
        assert Settings.from_environment({row.name: row.default for row in rows}) == Settings()


class TestDeclaring:
    def test_a_setting_without_its_meaning_cannot_be_declared(self) -> None:
        with pytest.raises(TypeError, match=r"setting\(…\)"):

            class Careless(ChassisSettings, service="careless"):
                limit: int = 3

    def test_a_type_that_no_text_can_be_read_as_cannot_be_declared(self) -> None:
        with pytest.raises(TypeError, match="dict"):

            class Careless(ChassisSettings, service="careless"):
                limits: dict[str, int] = setting(default=None, help="limits")  # type: ignore[arg-type]  # wrong on purpose

    def test_a_service_can_have_another_default(self) -> None:
        class Small(ChassisSettings, service="small"):
            batch_size: int = setting(default=20, help="fewer, for they are large", minimum=1, maximum=100)

        assert Small.from_environment({}).batch_size == 20
        assert Settings().batch_size == 200
