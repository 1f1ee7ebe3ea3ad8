"""A member of staff enrols a second factor: a password alone opens nothing (A12)."""

from __future__ import annotations

from deploy.demo.cast import HANOI, Scene
from playground.account import Account
from playground.inbox import Inbox
from playground.stage import ADMIN, STAFF_PASSWORD
from playground.web import Unexpected

_NAME, _PHONE = "moi.01", "+84901000199"


def play(scene: Scene) -> None:
    """Tell the chapter."""
    tell, stage = scene.tell, scene.stage
    tell.chapter("Cán bộ mới và yếu tố thứ hai", "a password alone lets nobody at other people's data")
    admin, account = stage.signed_in(ADMIN), Account(stage.web, _NAME, Inbox(stage.web, _PHONE))
    with tell.step("Quản trị thêm cán bộ, in phiếu đăng nhập lần đầu", "added, with a sheet on paper", "accounts"):
        person = {"username": _NAME, "full_name": "Hoàng Thị Mới", "phone": _PHONE, "role": HANOI.role}
        made = admin.call("POST", "/staff", json=person | HANOI.place | {"reason": "Cán bộ mới"}, expect=201)
        code = admin.call("POST", f"/staff/{made['id']}/sheet", json={"reason": "Cán bộ mới"}, expect=201)["code"]
    with tell.step("Đặt mật khẩu: OTP trong SMS và mã trên phiếu", "an SMS alone is not enough", "accounts"):
        account.begins_with_a_sheet(STAFF_PASSWORD, code)
    with tell.step("Chưa đăng ký thì chưa xem được hồ sơ nào", "nothing opens yet: 403", "verification"):
        stage.web.call("GET", "/verification/cases", token=account.token, expect=403)
    with tell.step("Đăng ký ứng dụng tạo mã, nhận 10 mã khôi phục", "an authenticator app, ten recovery codes", "accounts"):
        codes = account.enrols_an_app(lambda: stage.now)["recovery_codes"]
        stage.web.call("GET", "/verification/cases", token=account.token)
    with tell.step("Đăng nhập lại: mật khẩu, rồi mã của ứng dụng", "password, then the app's code", "accounts"):
        account.sign_in(STAFF_PASSWORD)
    with tell.step("Mất điện thoại: một mã khôi phục, chỉ một lần", "a recovery code, good once", "accounts"):
        for expected in (201, 422):
            asked = account.call("POST", "/sessions", json=_password(account), token=None, expect=409)
            account.proves(asked, expected, recovery_code=codes[0])
        if account.call("GET", "/second-factor")["recovery_codes_left"] != len(codes) - 1:
            raise Unexpected("a recovery code was not used up")


def _password(account: Account) -> dict[str, str]:
    return {"username": account.username, "password": STAFF_PASSWORD, "device_id": account.device}
