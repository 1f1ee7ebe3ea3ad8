"""Settings of notifications. The defaults point at the sandbox (deploy/sandbox), so that nothing is sent by accident."""

from __future__ import annotations

from collections.abc import Iterator

from services.chassis.settings import ChassisSettings, Secret, Url, setting
from services.notifications.deadlines.quiet_hours import QuietHours

_HTTP = ("http", "https")
_WITH_TWILIO, _WITH_AWS = ("sms_provider", ("twilio", "both")), ("sms_provider", ("aws", "both"))
_WITH_MAIL, _WITH_SMTP, _WITH_SES = (("mail_provider", names) for names in (("smtp", "ses"), ("smtp",), ("ses",)))


class Settings(ChassisSettings, service="notifications", http_address="127.0.0.1:8104"):
    """Providers, time-outs and retries, and the texts that messages have in common."""

    sms_provider: str = setting(
        default="twilio",
        help="SMS provider; both: two roads whose shares shift by themselves (vss sms roads)",
        choices=("twilio", "aws", "both", "none"),
    )
    twilio_account_sid: str = setting(
        default="AC" + "5a" * 16, help="SID of the Twilio account", example=True, used_if=_WITH_TWILIO
    )
    twilio_auth_token: Secret = setting(
        default=Secret("sandbox"), help="the account's token; callbacks are signed with it", used_if=_WITH_TWILIO
    )
    twilio_from: str = setting(default="BHXHVN", help="registered brand name, number, or messaging service (MG…) that sends")
    twilio_base_url: Url = setting(
        default=Url("http://127.0.0.1:8100"),
        help="address of the API; Twilio itself: https://api.twilio.com",
        schemes=_HTTP,
        used_if=_WITH_TWILIO,
    )
    callback_base_url: Url = setting(
        default=Url("http://127.0.0.1:8104"),
        help="this service's address as providers see it",
        schemes=_HTTP,
        used_if=_WITH_TWILIO,
    )
    aws_sms_region: str = setting(default="ap-southeast-1", help="AWS region of End User Messaging SMS")
    aws_sms_endpoint_url: Url | None = setting(
        default=None, help="an endpoint of it other than Amazon's", schemes=_HTTP, used_if=_WITH_AWS
    )
    aws_sms_origination: str = setting(
        default="BHXHVN", help="registered sender ID, number, or pool (its id or ARN) that sends there"
    )
    aws_sms_configuration_set: str = setting(
        default="", help="configuration set whose events come to /callbacks/aws-sms", used_if=_WITH_AWS
    )
    aws_sms_topic_arn: str = setting(
        default="", help="SNS topic that /callbacks/aws-sms trusts; empty: none", used_if=_WITH_AWS
    )
    sandbox_sns_url: Url | None = setting(
        default=None, help="where the sandbox serves the certificate of its SNS; believed besides Amazon's", schemes=_HTTP
    )
    sms_concurrency: int = setting(default=16, help="most SMS sent concurrently by one process", minimum=1, maximum=500)
    otp_concurrency: int = setting(
        default=8, help="most one-time codes sent concurrently by one process", minimum=1, maximum=500
    )
    sms_timeout_seconds: float = setting(default=10.0, help="longest wait for the SMS provider", minimum=0.1, maximum=120)
    sms_connect_seconds: float = setting(
        default=3.0,
        help="longest wait for a connection to an SMS provider: then the other road is taken",
        minimum=0.1,
        maximum=120,
    )
    sms_road_most_errors: int = setting(
        default=50,
        help="errors of a road within a minute above which it loses 10 points of its share",
        minimum=1,
        maximum=100_000,
    )
    sms_road_slow_percent: int = setting(
        default=15, help="share of slow SMS within five minutes from which a road loses 10 points", minimum=1, maximum=100
    )
    sms_slow_answer_seconds: float = setting(
        default=5.0, help="an answer to an SMS that takes longer is slow", minimum=0.1, maximum=120
    )
    sms_slow_delivery_seconds: float = setting(
        default=120.0, help="an SMS that takes longer from its sending to its delivery is slow", minimum=1, maximum=86_400
    )
    sms_max_attempts: int = setting(
        default=300, help="tries before an SMS is given up: about half a day of outage", minimum=1, maximum=1000
    )

    mail_provider: str = setting(default="smtp", help="e-mail provider", choices=("smtp", "ses", "none"))
    mail_from: str = setting(
        default="BHXH Việt Nam <khong-tra-loi@vss.example>", help="the sender of e-mail", used_if=_WITH_MAIL
    )
    mail_concurrency: int = setting(default=8, help="most e-mails sent concurrently by one process", minimum=1, maximum=500)
    mail_timeout_seconds: float = setting(default=15.0, help="longest wait for the mail server", minimum=0.1, maximum=120)
    mail_max_attempts: int = setting(
        default=300, help="tries before an e-mail is given up: about half a day of outage", minimum=1, maximum=1000
    )
    smtp_host: str = setting(default="127.0.0.1", help="the mail server", used_if=_WITH_SMTP)
    smtp_port: int = setting(default=8125, help="its port", minimum=1, maximum=65535)
    smtp_tls: str = setting(
        default="none",
        help="starttls, tls (from the first byte), or none (only within one machine)",
        choices=("starttls", "tls", "none"),
    )
    smtp_user: str = setting(default="", help="user name at the mail server; empty: no sign-in")
    smtp_password: Secret | None = setting(default=None, help="password of SMTP_USER", used_if=_WITH_SMTP)
    ses_region: str = setting(default="ap-southeast-1", help="AWS region of SES")
    ses_endpoint_url: Url | None = setting(
        default=None, help="an SES endpoint other than Amazon's", schemes=_HTTP, used_if=_WITH_SES
    )
    ses_configuration_set: str = setting(default="", help="SES configuration set whose events come to /callbacks/ses")
    ses_topic_arn: str = setting(default="", help="SNS topic that /callbacks/ses trusts; empty: none")

    sms_brand: str = setting(default="BHXH VN", help="what every SMS begins with", pattern=r"[A-Za-z0-9 ]{2,11}")
    hotline: str = setting(default="1900 9068", help="number that messages tell people to call")
    form_link_url: str = setting(
        default="http://127.0.0.1:8101/registration/forms/{token}",
        help="link that opens a child's form in a guardian's browser",
        pattern=r"https?://.*\{token\}.*",
        expects="a URL with {token} in it",
    )
    complaint_url: str = setting(
        default="http://127.0.0.1:8105/feedback/complaints/{complaint_no}",
        help="page where a complaint is followed without an account",
        pattern=r"https?://.*\{complaint_no\}.*",
        expects="a URL with {complaint_no} in it",
    )
    login_url: str = setting(
        default="https://dichvucong.baohiemxahoi.gov.vn",
        help="page where people sign in",
        pattern=r"https?://\S+",
        expects="a URL",
    )
    quiet_from_hour: int = setting(
        default=21,
        help="hour in Vietnam when quiet hours begin for SMS that are not urgent; equal to QUIET_UNTIL_HOUR: no quiet hours",
        minimum=0,
        maximum=23,
    )
    quiet_until_hour: int = setting(default=7, help="hour in Vietnam when quiet hours end", minimum=0, maximum=23)
    sms_budget_hour: int = setting(
        default=100_000, help="most SMS in an hour, whoever causes them; 0: no such budget", minimum=0, maximum=100_000_000
    )
    sms_budget_day: int = setting(
        default=400_000, help="most SMS in a day; the most in public figures are 211,000", minimum=0, maximum=100_000_000
    )
    email_budget_hour: int = setting(
        default=100_000, help="most e-mails in an hour; 0: no such budget", minimum=0, maximum=100_000_000
    )
    email_budget_day: int = setting(
        default=400_000, help="most e-mails in a day; 0: no such budget", minimum=0, maximum=100_000_000
    )
    strangers_percent: int = setting(
        default=50,
        help="share of a budget that messages may take which anybody can cause without signing in (filings, complaints, codes, resets)",
        minimum=1,
        maximum=100,
    )
    messages_per_addressee_day: int = setting(
        default=40, help="most SMS to one phone, and most e-mails to one address, in a day", minimum=0, maximum=100_000
    )
    emails_per_staff_day: int = setting(
        default=1_000, help="most e-mails to one mailbox of the agency in a day", minimum=0, maximum=1_000_000
    )
    messages_per_matter_day: int = setting(
        default=60,
        help="most SMS, and most e-mails, about one dossier, complaint or account in a day",
        minimum=0,
        maximum=100_000,
    )
    duty_sms_per_hour: int = setting(
        default=20,
        help="most SMS about urgent complaints to one phone of the duty list in an hour",
        minimum=0,
        maximum=10_000,
    )
    message_hold_hours: int = setting(
        default=72, help="how long a message waits for a budget before it is given up", minimum=1, maximum=720
    )
    decided_keep_days: int = setting(
        default=30,
        help="days after the decision on a dossier, or the end of a complaint, when addresses and texts of messages about it are erased",
        minimum=1,
        maximum=3650,
    )
    message_keep_days: int = setting(
        default=90, help="how long the addresses and texts of messages are kept", minimum=1, maximum=3650
    )

    @property
    def sms_roads(self) -> tuple[str, ...]:
        """Return the roads by which SMS may go."""
        return {"both": ("twilio", "aws"), "none": ()}.get(self.sms_provider, (self.sms_provider,))

    @property
    def quiet_hours(self) -> QuietHours:
        """Return the hours in which SMS that are not urgent wait for the morning (N10)."""
        return QuietHours(self.quiet_from_hour, self.quiet_until_hour)

    def check(self) -> Iterator[str]:
        yield from super().check()
        if self.seal_private_key is None:
            yield "SEAL_PRIVATE_KEY: not set. First passwords and one-time codes arrive sealed: set the key that opens them."
        if self.sandbox_sns_url is not None and self.vss_env == "production":
            yield "SANDBOX_SNS_URL: only the sandbox signs like SNS with a certificate of its own. VSS_ENV is production: remove it."
        if self.sms_provider in ("aws", "both") and not (self.aws_sms_topic_arn and self.aws_sms_configuration_set):
            yield (
                "AWS_SMS_CONFIGURATION_SET and AWS_SMS_TOPIC_ARN: not both set, although SMS_PROVIDER sends by AWS. "
                "Without them nobody learns what became of an SMS; AWS cannot be asked."
            )
