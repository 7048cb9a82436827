"""A session opens by the person's own act, and by nothing else."""

from tests.assisted.steps import begin, begin_with_dao, end


def test_a_person_agrees_with_card_and_pin_and_the_helper_sees_her_session(helper):
    begin(helper)
    page = helper.get("/assisted/session").get_data(as_text=True)
    assert "Vi Thị Nhàn" in page


def test_a_person_agrees_with_a_code_on_her_own_phone(helper):
    begin_with_dao(helper)
    page = helper.get("/assisted/session").get_data(as_text=True)
    assert "Nguyễn Thị Đào" in page
    slip = end(helper)
    assert slip.status_code == 200
