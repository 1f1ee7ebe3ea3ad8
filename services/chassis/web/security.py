"""Headers that every answer has, also one that no application code has seen."""

SECURITY_HEADERS = {
    # data: for the icons inside Pico's style sheet
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # two years; browsers believe it only where it came by TLS
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}
