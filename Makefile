# Một Cửa: two commands do everything on a fresh machine with Python 3.11, make and git.
#   make run    installs, migrates, loads the demo, starts web and worker
#   make test   installs what the tests need, runs all of them

PORT   ?= 8000
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
# What must be typed strictly (pyproject.toml says why); a file that does not stand yet is left out.
STRICT := $(wildcard webapp/core webapp/dossiers/states.py webapp/catalogue/formspec.py)
HOUSES := $(wildcard webapp assisted notifications)

.DEFAULT_GOAL := help
.PHONY: help run test check lint words lock vendor gallery lighthouse tools

help: ## say what can be done
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16
	@echo
	@echo "  PORT=8123 make run              another port"
	@echo "  make test ARGS='-k receipt'     some tests only"
	@echo "  make words WORDS='new.json'     add translations from JSON files"

# ------------------------------------------------------------------------------------------------ installing
# A stamp remembers which lock is installed, so the second run starts at once.

$(BIN)/python:
	@test -n "$(PYTHON)" && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed (PYTHON=/path/to/python3.11 make …)."; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing: install the package python3-venv."; exit 1; }
	@echo "Making $(VENV) with $(PYTHON)"
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/.main: requirements.lock | $(BIN)/python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@echo "Installing what the program needs (about a minute the first time)"
	@$(PIP) install -qq --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.main
	@echo "Installing what the tests need"
	@$(PIP) install -qq --require-hashes -r requirements-dev.lock
	@touch $@

tests/node_modules/.installed: tests/package-lock.json
	@sh tests/support/system.sh npm
	@echo "Installing what the tests borrow from npm"
	@cd tests && npm ci --silent
	@touch $@

tools:
	@sh tests/support/system.sh chromium-headless-shell pdftotext clamd strace libfuse.so.2

# ------------------------------------------------------------------------------------------------ living

# Without settings the program is the demo. Another PORT is another address, in links and QR codes too.
ifneq ($(origin PORT),file)
run: export MOTCUA_BASE_URL ?= http://localhost:$(PORT)
endif
run: $(VENV)/.main ## install, migrate, load the demo, start web and worker; Ctrl-C stops both
	@$(BIN)/flask db upgrade
	@$(BIN)/flask seed demo
	@$(BIN)/flask demo-people
	@$(BIN)/flask up --port $(PORT)

test: $(VENV)/.dev tools tests/node_modules/.installed lint ## install what tests need, run all of them (ARGS='-k word')
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: $(VENV)/.dev lint ## the fast part: style, types, who may import whom, house rules
	@$(BIN)/python -m pytest -q tests/house

lint: $(VENV)/.dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy $(STRICT)
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint $(HOUSES) --lint --quiet

words: $(VENV)/.dev ## bring the Vietnamese catalogue up to date (WORDS='a.json b.json' adds translations)
	@$(BIN)/python -m tests.support.words $(WORDS)

lock: $(BIN)/python ## work out requirements*.lock anew from pyproject.toml: hashes, and no host names
	@$(PIP) install -q 'uv>=0.9'
	@$(BIN)/uv pip compile $(UVFLAGS) pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile $(UVFLAGS) --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@! grep -n '://' requirements.lock requirements-dev.lock

UVFLAGS := -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate

vendor: tests/node_modules/.installed $(VENV)/.dev ## copy the pinned front-end files out of npm again
	@$(BIN)/python -m tests.support.vendor

gallery: $(VENV)/.dev tools ## pictures of every page, in both languages and themes, into var/gallery (ONLY='receipt desk')
	@$(BIN)/python -m tests.browser.screens var/gallery $(ONLY)

lighthouse: $(VENV)/.dev tools tests/node_modules/.installed ## goal by goal, how fast and how easy eight pages are on a phone (ONLY='home')
	@$(BIN)/python -m tests.browser.lighthouse $(ONLY)
