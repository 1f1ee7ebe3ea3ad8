"""Two roads for SMS: the other at once where one has certainly not taken it, never where nobody knows; shares that move by themselves."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from typer.testing import CliRunner

from services.accounts import events as accounts
from services.chassis import clock
from services.chassis.ids import uuid7
from services.chassis.jobs import RetryAfter
from services.chassis.settings import Url
from services.chassis.testing.processes import wait_until
from services.notifications.cli import app as cli
from services.notifications.dossiers.readers import CodeNotFound, DeclarationSubmitted
from services.notifications.holders.readers import OtpIssued
from services.notifications.messages.rules import Message
from services.notifications.roads.choosing import RoadChoice
from services.notifications.roads.tables import Road, RoadError, Shift
from services.notifications.sms import port
from services.notifications.sns.signature import NotFromSns, Sns
from services.registration import events as registration
from services.verification import events as verification
from tests.integration.notifications.callbacks import PHONE, aws_event, call_back, client
from tests.integration.notifications.desk import Desk, code_box
from tests.integration.notifications.test_notifications_held import held, take_up
from tests.stand.backups import Backup

pytestmark = pytest.mark.rule("N16")

AWAY = port.SmsUnavailable("nobody is there")


def no_answer(seconds: float = 0.05) -> port.NoAnswer:
    """One after which the next attempt waits so long; a process reads the shares each second."""
    lost = port.NoAnswer("lost")
    lost.after_seconds = seconds
    return lost


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(
        database_url,
        sms_provider="both",
        aws_sms_topic_arn="arn:aws:sns:ap-southeast-1:000000000000:sms",
        aws_sms_configuration_set="vss",
    )
    yield made
    made.close()


@pytest.fixture
def http(desk: Desk) -> FlaskClient:
    return client(desk)


def share(desk: Desk, **shares: int) -> None:
    with desk.db.write() as session:
        for name, points in shares.items():
            session.execute(sa.update(Road).where(Road.name == name).values(share=points))


def shares(desk: Desk) -> dict[str, int]:
    with desk.db.read() as session:
        return {road.name: road.share for road in session.scalars(sa.select(Road))}


def say(desk: Desk, number: int = 0) -> None:
    """One SMS to be sent."""
    desk.read(
        DeclarationSubmitted, registration.DeclarationSubmitted.example, contact=PHONE, dossier_no=f"261121-{number:06d}-6"
    )


def issue_code(desk: Desk) -> None:
    otp_id = str(uuid7())
    desk.read(
        OtpIssued,
        accounts.OtpIssued.example,
        otp_id=otp_id,
        contact=PHONE,
        sealed_code=code_box("271828", otp_id),
        expires_at=(datetime.now(UTC) + timedelta(minutes=5)).isoformat(),
    )


def errors(desk: Desk) -> list[tuple[str, str]]:
    with desk.db.read() as session:
        return sorted((each.road, each.code) for each in session.scalars(sa.select(RoadError)))


def test_by_which_road_it_went_stands_with_the_message(desk: Desk) -> None:
    share(desk, twilio=0, aws=100)
    say(desk)
    desk.run_jobs()
    assert (desk.message().status, desk.message().road) == ("sent", "aws")
    assert (len(desk.aws.taken), len(desk.sms.taken)) == (1, 0)


def test_both_get_their_share(desk: Desk) -> None:
    choice = RoadChoice(desk.db, ("twilio", "aws"))
    share(desk, twilio=70, aws=30)
    first = [choice.order("sms", 16)[0] for _ in range(2_000)]
    assert 1_250 < first.count("twilio") < 1_550


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (AWAY, "unreached"),
        (RetryAfter("busy", after_seconds=60), "busy"),
        (port.SmsAccountRefused("credentials", "aws: HTTP 403"), "credentials"),
        (port.SmsAccountRefused("limit", "aws: HTTP 402"), "limit"),
    ],
)
@pytest.mark.rule("N6")
def test_a_code_that_one_road_has_certainly_not_taken_goes_by_the_other_at_once(
    desk: Desk, failure: Exception, code: str
) -> None:
    share(desk, twilio=0, aws=100)
    desk.aws.faults.append(failure)
    issue_code(desk)
    desk.run_jobs()
    (job,) = desk.job_views()
    assert job.attempts == 1
    assert (desk.message().status, desk.message().road) == ("sent", "twilio")
    assert errors(desk) == [("aws", code)]


def test_what_is_wrong_with_the_phone_is_wrong_by_every_road(desk: Desk) -> None:
    share(desk, twilio=0, aws=100)
    desk.aws.faults.append(port.SmsRefused("invalid_number", "aws: HTTP 400"))
    say(desk)
    desk.run_jobs()
    assert (desk.message().status, desk.message().code) == ("failed", "invalid_number")
    assert desk.sms.taken == []
    assert errors(desk) == []


def test_an_answer_that_nobody_knows_is_held_and_tried_by_no_other_road(desk: Desk) -> None:
    share(desk, twilio=100, aws=0)
    desk.sms.faults.append(port.SmsAccountRefused("unknown_answer", "twilio: HTTP 400, code 29999"))
    say(desk)
    desk.run_jobs(lambda: bool(held(desk)))
    assert held(desk) == [("sms", "unknown_answer")]
    assert desk.aws.taken == []


def test_where_both_are_away_it_is_tried_again_and_nobody_is_told_of_a_failure(desk: Desk) -> None:
    desk.sms.faults.append(AWAY)
    desk.aws.faults.append(AWAY)
    say(desk)
    desk.run_jobs()
    assert desk.message().status == "sent"
    assert errors(desk) == [("aws", "unreached"), ("twilio", "unreached")]


@pytest.mark.rule("N14")
def test_what_twilio_may_have_taken_is_looked_up_there_and_sent_by_no_other_road(desk: Desk) -> None:
    share(desk, twilio=100, aws=0)
    desk.sms.lost_answers.append(no_answer(1.3))
    say(desk)
    with desk.working():
        assert wait_until(lambda: bool(desk.job_views()[0].last_error), 20)
        share(desk, twilio=0, aws=100)
        assert wait_until(desk.all_ended, 20)
    assert (desk.message().status, desk.message().road) == ("sent", "twilio")
    assert (len(desk.sms.taken), len(desk.aws.taken), desk.sms.looked) == (1, 0, 1)


@pytest.mark.rule("N14")
def test_what_twilio_has_not_taken_after_all_goes_by_twilio_again_and_by_no_other_road(desk: Desk) -> None:
    share(desk, twilio=100, aws=0)
    desk.sms.faults.append(no_answer(1.3))
    say(desk)
    with desk.working():
        assert wait_until(lambda: bool(desk.job_views()[0].last_error), 20)
        share(desk, twilio=0, aws=100)
        assert wait_until(desk.all_ended, 20)
    assert desk.message().road == "twilio"
    assert (len(desk.sms.taken), len(desk.aws.taken)) == (1, 0)


@pytest.mark.rule("N14")
def test_what_aws_may_have_taken_waits_for_its_event_and_then_for_a_person(desk: Desk, http: FlaskClient) -> None:
    share(desk, twilio=0, aws=100)
    desk.aws.lost_answers.append(no_answer())
    say(desk)
    desk.run_jobs(lambda: bool(held(desk)))
    assert held(desk) == [("sms", "unknown_outcome")]
    assert (len(desk.aws.taken), len(desk.sms.taken)) == (1, 0)
    assert aws_event(http, desk, "TEXT_DELIVERED", aws_id="AW" + "0" * 32) == 204
    take_up(desk)
    desk.run_jobs()
    assert (desk.message().status, desk.message().road) == ("delivered", "aws")
    assert (len(desk.aws.taken), len(desk.sms.taken)) == (1, 0)


@pytest.mark.rule("N14")
def test_a_person_may_have_another_copy_sent_of_what_aws_may_have_taken(desk: Desk) -> None:
    share(desk, twilio=0, aws=100)
    desk.aws.faults.append(no_answer())
    say(desk)
    desk.run_jobs(lambda: bool(held(desk)))
    share(desk, twilio=100, aws=0)
    take_up(desk, another_copy=True)
    desk.run_jobs()
    assert (desk.message().status, desk.message().road) == ("sent", "aws")
    assert (len(desk.aws.taken), len(desk.sms.taken)) == (1, 0)


@pytest.mark.rule("N14")
def test_whoever_dies_in_the_call_has_left_word_of_the_road(desk: Desk) -> None:
    share(desk, twilio=0, aws=100)
    desk.aws.faults.append(RuntimeError("the worker dies"))  # type: ignore[arg-type]
    say(desk)
    desk.run_jobs(lambda: bool(held(desk)), seconds=40)
    assert desk.message().road == "aws"
    assert desk.sms.taken == []


@pytest.mark.parametrize(
    ("event", "final", "status", "code"),
    [
        ("TEXT_QUEUED", False, "sent", None),
        ("TEXT_PENDING", False, "sent", None),
        ("TEXT_DELIVERED", True, "delivered", None),
        ("TEXT_SUCCESSFUL", True, "delivered", None),
        ("TEXT_SUCCESSFUL", False, "sent", None),
        ("TEXT_INVALID", True, "failed", "invalid_number"),
        ("TEXT_UNREACHABLE", True, "failed", "unreachable_number"),
        # it may still arrive
        ("TEXT_UNREACHABLE", False, "sent", None),
        ("TEXT_BLOCKED", True, "failed", "unsubscribed"),
        ("TEXT_SPAM", True, "failed", "filtered"),
        ("TEXT_TTL_EXPIRED", True, "failed", "expired"),
        ("TEXT_PROTECT_BLOCKED", True, "failed", "route"),
    ],
)
@pytest.mark.rule("N15")
def test_each_event_of_aws_says_what_became_of_it(
    desk: Desk, http: FlaskClient, event: str, final: bool, status: str, code: str | None
) -> None:
    share(desk, twilio=0, aws=100)
    say(desk)
    desk.run_jobs()
    assert aws_event(http, desk, event, final=final) == 204
    assert aws_event(http, desk, event, final=final) == 204
    assert (desk.message().status, desk.message().code) == (status, code)


@pytest.mark.rule("N15")
def test_a_report_of_the_road_that_was_not_taken_is_no_news(desk: Desk, http: FlaskClient) -> None:
    """AWS was tried and is awaited; a loss told by Twilio cannot be about this SMS."""
    share(desk, twilio=0, aws=100)
    desk.aws.lost_answers.append(no_answer())
    say(desk)
    desk.run_jobs(lambda: bool(held(desk)))
    assert call_back(http, desk, "undelivered", "30003") == 204
    assert desk.message().status == "waiting"


def test_what_a_road_has_taken_after_all_is_sent_by_no_other(desk: Desk, http: FlaskClient) -> None:
    """It said that it had not; its event comes before the next attempt."""
    for each in (desk.sms, desk.aws):
        each.faults.append(RetryAfter("busy", after_seconds=1.3))
    say(desk)
    with desk.working():
        assert wait_until(lambda: bool(desk.job_views()[0].last_error), 20)
        assert aws_event(http, desk, "TEXT_DELIVERED", aws_id="AW-late") == 204
        assert wait_until(desk.all_ended, 20)
    assert (desk.message().status, desk.message().road, desk.message().provider_id) == ("delivered", "aws", "AW-late")
    assert desk.sms.taken == desk.aws.taken == []


def test_an_event_of_no_type_that_we_know_is_kept_as_a_notice(desk: Desk, http: FlaskClient) -> None:
    say(desk)
    desk.run_jobs()
    assert aws_event(http, desk, "TEXT_SOMETHING_NEW") == 204
    assert aws_event(http, desk, "TEXT_DELIVERED", signature="forged") == 403
    with desk.db.read() as session:
        assert session.execute(sa.text("SELECT provider, kind FROM provider_notices")).all() == [("aws-sms", "unknown")]
    assert desk.message().status == "sent"


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "not JSON",
        '{"eventType": 1}',
        '{"eventType": "TEXT_DELIVERED", "context": []}',
        '{"eventType": "TEXT_DELIVERED", "context": {"message": "x"}, "messageId": {}}',
        '{"eventType": "VOICE_COMPLETED"}',
        "Successfully validated SNS topic for AWS End User Messaging.",
    ],
)
def test_an_odd_event_does_no_harm(desk: Desk, http: FlaskClient, text: str) -> None:
    say(desk)
    desk.run_jobs()
    body = {"Type": "Notification", "Signature": "genuine", "MessageId": str(uuid.uuid4()), "Message": text}
    answer = http.post("/notifications/callbacks/aws-sms", data=json.dumps(body), content_type="text/plain")
    assert answer.status_code == 204
    assert desk.message().status == "sent"


@pytest.mark.parametrize("sandbox", [None, "http://127.0.0.1:8100/sns"])
def test_without_a_topic_in_the_settings_nobody_is_believed(desk: Desk, sandbox: str | None) -> None:
    topic = Sns("", sandbox=Url(sandbox) if sandbox else None)
    with pytest.raises(NotFromSns):
        topic.check({"Type": "Notification", "TopicArn": "", "SignatureVersion": "2", "SigningCertURL": f"{sandbox}/x.pem"})


@pytest.mark.rule("N14")
def test_after_a_restored_backup_what_aws_may_have_is_sent_by_nobody_until_a_person_says_so(desk: Desk) -> None:
    share(desk, twilio=0, aws=100)
    id_, at = uuid7(), clock.now()

    def tell() -> None:
        desk.read(CodeNotFound, verification.CodeNotFound.example, contact=PHONE, id_=id_, told_at=at)

    say(desk)
    desk.run_jobs()
    backup = Backup(desk.db)
    tell()
    desk.run_jobs()
    assert len(desk.aws.taken) == 2
    backup.restore()
    desk.repair()
    tell()
    desk.run_jobs(lambda: bool(held(desk)))
    assert held(desk) == [("sms", "unknown_outcome")]
    assert (len(desk.aws.taken), len(desk.sms.taken)) == (2, 0)
    take_up(desk, another_copy=True)
    desk.run_jobs()
    assert (len(desk.aws.taken), len(desk.sms.taken)) == (3, 0)


def fail(desk: Desk, road: str, times: int) -> None:
    with desk.db.write() as session:
        session.add_all(RoadError(at=datetime.now(UTC), road=road, code="unreached") for _ in range(times))


def sent_by(desk: Desk, road: str, times: int, *, late: bool, delivered: bool = True) -> None:
    at = datetime.now(UTC) - timedelta(seconds=60)
    with desk.db.write() as session:
        for _ in range(times):
            session.add(
                Message(
                    id=uuid.uuid4(),
                    template="otp",
                    channel="sms",
                    ref="x",
                    status="delivered" if delivered else "sent",
                    road=road,
                    urgency="otp",
                    missed=False,
                    created_at=at,
                    sent_at=at,
                    late_from=at + timedelta(seconds=5 if late else 300),
                    delivered_at=at + timedelta(seconds=20) if delivered else None,
                    revision=0,
                )
            )


def look(desk: Desk) -> None:
    """What happens five seconds later."""
    with desk.db.write() as session:
        session.execute(sa.update(Road).values(looked_at=datetime.now(UTC) - timedelta(seconds=6)))
    assert desk.sweep_one("shift_sms_roads") == 1


def test_more_than_fifty_errors_in_a_minute_move_ten_points_once_a_minute(desk: Desk) -> None:
    fail(desk, "twilio", 51)
    look(desk)
    assert shares(desk) == {"twilio": 40, "aws": 60}
    look(desk)
    assert shares(desk) == {"twilio": 40, "aws": 60}
    with desk.db.write() as session:
        session.execute(sa.update(Shift).values(at=datetime.now(UTC) - timedelta(seconds=61)))
    look(desk)
    assert shares(desk) == {"twilio": 30, "aws": 70}


@pytest.mark.parametrize("delivered", [True, False])
def test_slow_sms_move_ten_points_whether_they_came_late_or_not_at_all(desk: Desk, delivered: bool) -> None:
    sent_by(desk, "aws", 4, late=True, delivered=delivered)
    sent_by(desk, "aws", 18, late=False)
    sent_by(desk, "twilio", 30, late=False)
    look(desk)
    assert shares(desk) == {"twilio": 60, "aws": 40}
    with desk.db.read() as session:
        assert {each.why for each in session.scalars(sa.select(Shift))} == {"slow"}


def test_what_is_still_within_its_time_says_nothing_yet(desk: Desk) -> None:
    sent_by(desk, "aws", 100, late=False, delivered=False)
    sent_by(desk, "aws", 10, late=False)
    look(desk)
    assert shares(desk) == {"twilio": 50, "aws": 50}


def test_a_road_that_lost_its_share_is_tried_again_by_itself_after_five_minutes(desk: Desk) -> None:
    share(desk, twilio=0, aws=100)
    with desk.db.write() as session:
        session.add(Shift(at=datetime.now(UTC) - timedelta(seconds=290), road="twilio", share=0, why="errors"))
    look(desk)
    assert shares(desk) == {"twilio": 0, "aws": 100}
    with desk.db.write() as session:
        session.execute(sa.update(Shift).values(at=datetime.now(UTC) - timedelta(seconds=301)))
    look(desk)
    assert shares(desk) == {"twilio": 10, "aws": 90}


def test_a_slow_road_keeps_no_more_senders_waiting_than_its_share(desk: Desk) -> None:
    choice = RoadChoice(desk.db, ("twilio", "aws"))
    share(desk, twilio=75, aws=25)
    with choice.calling("sms", "twilio"), choice.calling("sms", "twilio"), choice.calling("sms", "twilio"):
        assert [choice.order("sms", 4)[0] for _ in range(20)] == ["aws"] * 20
        # other senders of this process are not concerned
        assert "twilio" in [choice.order("otp", 4)[0] for _ in range(20)]
    assert "twilio" in [choice.order("sms", 4)[0] for _ in range(20)]


def test_a_road_without_a_share_gets_nothing_that_the_other_can_take(desk: Desk) -> None:
    choice = RoadChoice(desk.db, ("twilio", "aws"))
    share(desk, twilio=100, aws=0)
    with choice.calling("sms", "twilio"):
        assert [choice.order("sms", 1) for _ in range(20)] == [["twilio", "aws"]] * 20


def test_operators_see_the_roads_and_set_what_each_gets(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", desk.database_url)
    fail(desk, "aws", 3)

    def run(*arguments: str) -> tuple[int, Any]:
        result = CliRunner().invoke(cli, ["roads", *arguments])
        return result.exit_code, result.stdout

    code, text = run("--json")
    assert code == 0
    assert [(each["road"], each["share"], each["rest"], each["errors_1m"]) for each in json.loads(text)["roads"]] == [
        ("aws", 50, 50, 3),
        ("twilio", 50, 50, 0),
    ]
    assert run("set", "twilio=70", "aws=30")[0] == 0
    assert shares(desk) == {"twilio": 70, "aws": 30}
    assert run("set", "twilio=0", "aws=100", "--at-rest-only")[0] == 0
    assert shares(desk) == {"twilio": 70, "aws": 30}
    assert "operator" in run()[1]
    for wrong in (["twilio=70", "aws=40"], ["twilio=100"], ["twilio=1o", "aws=90"], ["twilio=50", "pigeon=50"]):
        assert run("set", *wrong)[0] == 2
    assert shares(desk) == {"twilio": 70, "aws": 30}
