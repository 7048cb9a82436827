from tests import pages


def test_dao_comes_in_with_a_code(client):
    answer = pages.log_in(client)
    assert answer.location == "/me"
    shown = client.get("/me")
    assert shown.status_code == 200
    for path in ("/me/settings", "/me/data", "/me/data.json", "/login/code", "/login", "/register"):
        print(path, client.get(path).status_code)
    assert pages.log_out(client).location == "/"


def test_officer(client, app):
    print(pages.staff_log_in(client, "officer").location)
    print(pages.staff_log_in(app.test_client(), "officer").location)
    assert client.get("/me").status_code == 303
