"""Hold machines off the forms that anybody may send (A6): what counts as failed here, and about whom."""

from flask import request

from services.accounts.accounts.lookup import find, plain_user_name
from services.accounts.browsers import cookies
from services.accounts.known.recognition import recognise
from services.accounts.throttles import limits
from services.accounts.throttles.sources import Asker
from services.chassis.web.pages import human
from services.chassis.web.pages.forms import Form
from services.chassis.web.pages.language import translate as _
from services.chassis.web.resources import resources

_TOO_MANY = 429


def failures(name: str, asker: Asker, *, reset: bool = False) -> int:
    """Return how many tries of this name or address have failed; codes for resets that nobody has confirmed count as such."""
    settings = resources.settings
    with resources.db.read() as session:
        source = recognise(session, find(session, name), name, asker, settings)
        budget = limits.reset_codes(settings, source) if reset else limits.guesses(settings, source)
        return limits.tried(session, budget)


def let_pass(form: Form, name: str, *, reset: bool = False) -> bool:
    """Tell whether to go on with this form; if not, it says how long to wait."""
    asker = cookies.asker()
    about = f"{plain_user_name(name)}\n{asker.network or asker.device}"
    verdict = human.judge(request.form.get(human.FIELD, ""), about=about, failed=failures(name, asker, reset=reset))
    if verdict.passed:
        return True
    if verdict.wait_seconds:
        form.add_error(
            "", _("Chờ %(n)s giây rồi bấm “Thử lại”. Bước này giúp chặn máy dò mật khẩu.", n=verdict.wait_seconds)
        )
    else:
        form.add_error("", _("Hãy bấm gửi thêm một lần nữa. Bước này giúp chặn máy dò mật khẩu."))
    form.status = _TOO_MANY
    return False


def work(name: str = "", *, reset: bool = False) -> str:
    """Return the work for a form that is drawn now, harder once this name or address has failed."""
    return human.challenge(failures(name, cookies.asker(), reset=reset))
