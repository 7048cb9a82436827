"""The addresses that scanners begin with, asked for in every run of the tests."""

from tests.scan.ffuf import HIDDEN, is_ours


def test_nothing_that_is_not_a_page_of_ours_answers(app, client):
    routes = app.url_map.bind("localhost")
    words = HIDDEN.read_text().split()
    answers = {word: client.get(f"/{word}", buffered=True) for word in words}
    assert len(answers) > 50
    assert {
        word: answer.status_code
        for word, answer in answers.items()
        if answer.status_code not in (308, 404) and not is_ours(routes, f"/{word}")
    } == {}
    moved = [answer.headers["Location"] for answer in answers.values() if answer.status_code == 308]
    assert [client.get(there, buffered=True).status_code for there in moved] == [404] * len(moved)
