"""How facts are told, read, tried again and kept: the part of the chassis' settings about messages."""

from collections.abc import Iterator

from services.chassis.settings.base import BaseSettings, setting


class BusSettings(BaseSettings):
    """The settings of `chassis/bus`."""

    batch_size: int = setting(default=200, help="most messages handled in one transaction", minimum=1, maximum=1000)
    prefetch: int = setting(default=400, help="most messages the broker hands out ahead of acks", minimum=1, maximum=10_000)
    relay_window: int = setting(
        default=1000, help="most facts in flight to the broker, not confirmed yet", minimum=1, maximum=10_000
    )
    relay_poll_seconds: float = setting(
        default=0.05,
        help="how often the relay looks for facts of the service's other processes, while there are any",
        minimum=0.001,
        maximum=60,
    )
    retry_delays_seconds: tuple[int, ...] = setting(
        default=(5, 30, 300, 1800, 7200), help="wait before each further try of a message", minimum=1, maximum=7 * 86_400
    )
    inbox_keep_days: int = setting(
        default=30, help="how long message ids are kept, to drop duplicates", minimum=1, maximum=3650
    )
    facts_keep_days: int = setting(
        default=7,
        help="how long facts that were told are kept, to be told again; less than INBOX_KEEP_DAYS",
        minimum=1,
        maximum=365,
    )
    remind_seconds: float = setting(
        default=60.0,
        help="how often the last fact told to each reader is told again, so that who has lost the end notices",
        minimum=0.5,
        maximum=86_400,
    )
    gaps_seconds: float = setting(
        default=30.0, help="how often to look for facts that were told and never came", minimum=0.5, maximum=3600
    )
    gaps_grace_seconds: float = setting(
        default=20.0,
        help="how long a later fact must have been here before an earlier one is missing",
        minimum=0,
        maximum=3600,
    )
    plain_events: bool = setting(
        default=False, help="send every fact to <service>.events, too, for nameko services that no release knows as readers"
    )
    queue_max_bytes: int = setting(
        default=2 * 1024**3, help="size of the inbound queue at which the broker refuses more", minimum=1024**2
    )
    delivery_limit: int = setting(
        default=50, help="deliveries without an ack before the broker gives up on a message", minimum=1, maximum=10_000
    )

    def check(self) -> Iterator[str]:
        yield from super().check()
        if self.facts_keep_days >= self.inbox_keep_days:
            yield "FACTS_KEEP_DAYS: expected less than INBOX_KEEP_DAYS, or a fact told again is handled twice. Correct it."
