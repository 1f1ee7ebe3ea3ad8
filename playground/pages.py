"""What people do on the pages: sign in as staff, take down, take up, ask, help, answer, approve, urge. One function for each piece of work.

They act as a person does, by labels and buttons, and so find out when a page says something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from playground.account import Account
from playground.browser import Visitor
from playground.stage import STAFF_PASSWORD

#: told after each step worth a picture
Look = Callable[[str], object]


def signs_in(visitor: Visitor, account: Account, look: Look, password: str = STAFF_PASSWORD) -> None:
    """Sign in with the password and the code of the authenticator app.

    :raises ValueError: if the account has no app.
    """
    visitor.opens("/accounts/dang-nhap")
    proves_who(visitor, account, look, password)


def proves_who(visitor: Visitor, account: Account, look: Look, password: str = STAFF_PASSWORD) -> None:
    """Do so on the page of signing in that is shown, and go on to where it leads.

    :raises ValueError: if the account has no app.
    """
    if account.app is None:
        raise ValueError(f"{account.username} has no authenticator app: account.enrols_an_app(…) first")
    page = visitor.page
    page.get_by_label("Tên đăng nhập", exact=True).fill(account.username)
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    look("sign-in")
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.wait_for_url("**/dang-nhap/yeu-to-thu-hai*")
    if page.get_by_label("Mã trong ứng dụng xác thực").count() == 0:
        page.get_by_role("link", name="Dùng mã trong ứng dụng xác thực").click()
    page.get_by_label("Mã trong ứng dụng xác thực").fill(account.app.code())
    look("second-factor")
    page.get_by_role("button", name="Xác nhận").click()
    page.wait_for_url(lambda url: "/dang-nhap" not in url)


def takes_down(
    visitor: Visitor, look: Look, *, text: str, subject: str, phone: str, name: str, office: str, category: str
) -> str:
    """Take down what a caller says; return the complaint's number."""
    page = visitor.page
    visitor.opens("/feedback/tiep-nhan")
    page.get_by_label("Nội dung phản ánh").fill(text)
    page.locator("[name=category_code]").select_option(category)
    page.get_by_label("Tóm tắt trong một dòng").fill(subject)
    page.get_by_label("Số điện thoại di động").fill(phone)
    page.get_by_label("Họ và tên người gửi").fill(name)
    page.locator("[name=office_code]").select_option(office)
    # what the text may be about is looked up after a pause in typing
    page.wait_for_timeout(1200)
    look("taking-down")
    page.get_by_role("button", name="Ghi nhận phản ánh").click()
    page.wait_for_url(re.compile(r"/tiep-nhan/.+"))
    look("taken-down")
    return page.url.rpartition("/")[2]


def acknowledges(visitor: Visitor, no: str, unit: str, look: Look) -> None:
    """Open it from the desk, acknowledge it, and give it to a department."""
    page = visitor.page
    visitor.opens("/feedback/ban")
    look("desk")
    visitor.opens(f"/feedback/ban/{no}")
    look("complaint")
    page.get_by_role("button", name=re.compile("^Ghi nhận")).click()
    page.get_by_text("Đã ghi nhận phản ánh.").wait_for()
    page.get_by_role("button", name=re.compile("^Chuyển bộ phận")).first.click()
    page.get_by_label("Bộ phận trong cơ quan").fill(unit)
    page.get_by_role("button", name=re.compile("^Chuyển bộ phận")).first.click()
    page.get_by_text(re.compile("Đã chuyển: ")).first.wait_for()
    look("routed")


def asks_office(visitor: Visitor, no: str, office: str, question: str, look: Look) -> None:
    """Ask another office for help with it."""
    page = visitor.page
    visitor.opens(f"/feedback/ban/{no}?viec=co-quan")
    page.locator("[name=office_code]").select_option(office)
    page.get_by_label("Nội dung đề nghị phối hợp").fill(question)
    look("asking")
    page.get_by_role("button", name=re.compile("^Gửi đề nghị phối hợp")).click()
    page.get_by_text(re.compile("Phản ánh vẫn do cơ quan này chịu trách nhiệm")).first.wait_for()


def helps(visitor: Visitor, no: str, words: str, look: Look) -> None:
    """Answer what another province has asked."""
    page = visitor.page
    visitor.opens("/feedback/phoi-hop")
    look("requests")
    page.get_by_role("link", name=no).click()
    page.locator("textarea[name=words]").first.fill(words)
    look("helping")
    page.get_by_role("button", name=re.compile("^Gửi trả lời")).click()
    page.wait_for_load_state()
    look("helped")


def drafts(visitor: Visitor, no: str, text: str, look: Look) -> None:
    """Write the answer, and hand it to the director."""
    page = visitor.page
    visitor.opens(f"/feedback/ban/{no}?viec=tra-loi")
    page.get_by_label("Trả lời người dân").fill(text)
    page.wait_for_timeout(1800)  # saved after a pause in typing
    look("drafting")
    page.get_by_role("button", name=re.compile("^Trình duyệt")).click()
    page.get_by_text(re.compile("Đã trình dự thảo số")).first.wait_for()
    look("handed-in")


def approves(visitor: Visitor, no: str, look: Look) -> None:
    """Read question and answer side by side, and send it."""
    page = visitor.page
    visitor.opens("/feedback/duyet")
    look("approvals")
    visitor.opens(f"/feedback/duyet/{no}")
    look("approval")
    page.get_by_role("button", name=re.compile("^Duyệt và gửi")).click()
    page.wait_for_load_state()
    look("approved")


def urges(visitor: Visitor, no: str, words: str, look: Look) -> None:
    """Look at the whole country, open one complaint, and urge its province."""
    page = visitor.page
    visitor.opens("/feedback/theo-doi")
    look("monitoring")
    visitor.opens(f"/feedback/theo-doi/{no}")
    page.locator("textarea[name=words]").fill(words)
    look("urging")
    page.get_by_role("button", name=re.compile("^Đôn đốc")).click()
    page.wait_for_load_state()
    look("urged")
