# The web process and the worker are the same image; compose.yaml says what each runs.
FROM python:3.11-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 FLASK_APP=wsgi:create_app HOST=0.0.0.0 PORT=8000
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY wsgi.py README.md LICENSE ./
COPY webapp ./webapp
COPY assisted ./assisted
COPY notifications ./notifications
COPY translations ./translations
COPY migrations ./migrations
# Not root; writes to /data alone (SQLite, files, the list of erasures).
RUN useradd --system --uid 10001 motcua && mkdir /data && chown motcua /data
USER motcua
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "-c", "python:webapp.shell.gunicorn_conf", "wsgi:create_app()"]
