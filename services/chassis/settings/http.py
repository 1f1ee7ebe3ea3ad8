"""Where HTTP is served, and how much of it: the part of the chassis' settings about the web server."""

from services.chassis.settings.base import BaseSettings, setting
from services.chassis.settings.values import Secret


class HttpSettings(BaseSettings):
    """The settings of `chassis/web`."""

    http_address: str = setting(
        default="127.0.0.1:8100",
        help="where HTTP is served; port 0: any free one",
        pattern=r"(\[[0-9a-fA-F:.]+\]|[\w.-]*):([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])",
        expects="host:port",
    )
    http_max_body_bytes: int = setting(
        default=1024**2, help="largest body of a request, unless its path takes more", minimum=1024
    )
    http_max_connections: int = setting(
        default=500, help="most HTTP requests at once; half as many more connections are open beside them", minimum=1
    )
    http_max_connections_per_address: int = setting(
        default=100, help="most HTTP connections of one client address, without TRUSTED_PROXIES; 0: no limit", minimum=0
    )
    http_body_bytes_per_second: int = setting(
        default=500, help="least speed of a request's body after its first HTTP_HEAD_SECONDS", minimum=1
    )
    http_head_seconds: float = setting(default=10.0, help="longest time for a request's line and headers", minimum=0.1)
    http_body_seconds: float = setting(default=120.0, help="longest time for a request's body", minimum=0.1)
    http_socket_seconds: float = setting(
        default=30.0, help="longest time for one read or write of a connection", minimum=0.1
    )
    http_idle_seconds: float = setting(default=15.0, help="longest time between two requests of one connection", minimum=0.1)
    trusted_proxies: int = setting(
        default=0, help="number of reverse proxies in front whose X-Forwarded-For is believed", minimum=0, maximum=10
    )
    public_url: str | None = setting(
        default=None,
        help="where people open the system; http:// on this machine alone, where cookies of pages then come without TLS. Unset: https",
        pattern=r"https://[a-z0-9.-]+(:[0-9]+)?|http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?",
        expects="https://host, or http://localhost:port",
    )
    pages_key: Secret | None = setting(
        default=None,
        help="signs the cookies of this service's pages: 32 random letters or more; unset: made and kept in the database, sealed under SECRETS_KEY",
        pattern=r"[\x21-\x7e]{32,200}",
        expects="32 letters or more",
    )
    navigation_file: str | None = setting(
        default=None, help="the menu of all pages; unset: the one that comes with the release"
    )
