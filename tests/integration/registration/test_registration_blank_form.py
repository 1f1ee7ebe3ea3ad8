"""The empty Form 01 for anybody to print (I14, 2659)."""

import pytest

from tests.integration.registration.desk import words


@pytest.mark.rule("I14")
def test_anybody_can_download_the_empty_form(lite):
    answer = lite.client.get("/registration/form01/blank.pdf")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert 'filename="mau-so-01.pdf"' in answer.headers["Content-Disposition"]
    text = words(answer.data)
    for said in (
        "TỜ KHAI",
        "Mẫu số 01",
        "Mã số bảo hiểm xã hội",
        "Người liên hệ",
        "Tổ chức I-VAN: ....",
        "cam kết",
        "1900 9068",
    ):
        assert said in text
    for said in ("Số hồ sơ", "bản nháp", "None", "chưa có"):
        assert said not in text
    assert lite.client.get("/registration/form01/blank.pdf").data == answer.data


@pytest.mark.rule("I14")
def test_the_empty_form_has_nothing_ticked(lite):
    text = words(lite.client.get("/registration/form01/blank.pdf").data)
    assert " X " not in f" {text} "
