"""F, the yardstick of pages: Flask and Jinja, 10 KB of HTML, no database, nothing of ours."""

from flask import Flask, render_template
from jinja2 import DictLoader

PAGE = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Hồ sơ {{ dossier.code }}</title><link rel="stylesheet" href="/static/app.css"></head>
<body><header><a href="/">Dịch vụ công</a><nav>
{% for s in steps %}<a href="/b/{{ loop.index }}">{{ s }}</a>{% endfor %}</nav>
</header><main><h1>Hồ sơ {{ dossier.code }}</h1><p>Trạng thái: <strong>{{ dossier.status }}</strong></p>
{% for i in range(24) %}<section class="card"><h2>Mục {{ i }}: giấy tờ cần nộp</h2><p>Ủy ban nhân dân xã tiếp nhận
hồ sơ, kiểm tra thành phần hồ sơ và trả kết quả đúng hạn cho công dân theo quy định; nếu thiếu sẽ có thông báo bổ sung
qua tin nhắn SMS trong vòng một ngày làm việc kể từ khi nhận.</p>
<a href="/h/{{ dossier.code }}/{{ i }}">Xem chi tiết</a></section>
{% endfor %}</main><footer>Đường dây nóng 1900 0000</footer></body></html>"""
STEPS = [f"Bước {i}" for i in range(6)]

app = Flask(__name__, static_folder=None)
app.jinja_loader = DictLoader({"page.html": PAGE})


@app.get("/page")
def page() -> str:
    return render_template("page.html", dossier={"code": "H000000001", "status": "processing"}, steps=STEPS)
