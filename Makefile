# `make run` and `make test` are all a newcomer needs; `make check` is what a change must pass first.
# The machine's own python3, or whichever of the supported versions it has.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
  && echo $$p && exit; done; echo python3)
VENV := .venv/bin
export PORT DATA_DIR SHARED_DIR

.PHONY: run help test services test-services test-pythons proofs check api-test hostile mutants bench bench-search bench-scale screenshots format messages install lock

run: ## start the whole site: SQLite, embedded search, one worker
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info[:2] >= (3, 6) else "需要 Python 3.11、3.12 或 3.13")'
	@$(PYTHON) deploy/run.py

help: ## this list
	@sed -n 's/^\([a-z-]*\):.* ## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'

install: ## the virtual environment with the developers' tools
	@$(PYTHON) deploy/install.py

test: install ## the whole suite: embedded profile, journeys, and the database part on PostgreSQL
	@$(VENV)/python -m deploy.testrun $(TESTS)

services: install ## PostgreSQL, Redis and Elasticsearch on free ports, until Ctrl-C (Debian: installs them first, as root)
	@deploy/services/install
	@$(VENV)/python -m deploy.services

test-services: install ## what PostgreSQL, Redis and Elasticsearch can change, and proofs that kill them
	@deploy/services/install
	@$(VENV)/python -m deploy.testrun --services $(TESTS)

proofs: install ## all proofs that kill servers and workers, the long ones too (docs/proofs.md)
	@deploy/services/install
	@$(VENV)/python -m deploy.testrun --proofs

check: install ## everything that is read, not run
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/djangofmt --check $$(git ls-files '*.html')
	$(VENV)/lint-imports
	$(VENV)/mypy marketplace search cms deploy
	DJANGO_SETTINGS_MODULE=deploy.settings.test $(VENV)/python manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=deploy.settings.test $(VENV)/python manage.py spectacular --fail-on-warn --validate --file /dev/null
	$(VENV)/python deploy/check_production.py
	$(VENV)/python -m deploy.lint_migrations

test-pythons: install ## a fresh copy starts and answers on each other supported Python of this machine
	@$(VENV)/python -m tests.pythons

api-test: install ## the API against its own schema, on a site of its own (about five minutes)
	$(VENV)/python -m tests.contract

hostile: install ## every known attack on a started site, with a thousand variants of each
	HOSTILE_MUTATIONS=1000 DJANGO_SETTINGS_MODULE=deploy.settings.test $(VENV)/python -m pytest -q -s tests/hostile

mutants: install ## break each rule of the list in a copy and see whether its tests notice
	$(VENV)/python -m tests.mutants $(ONLY)

bench: install ## what each page costs beside a bare Django list (a minute); writes nothing
	$(VENV)/python -m tests.benchmarks.pages

bench-search: install ## quality and speed of search against the bare engine; writes nothing
	DJANGO_SETTINGS_MODULE=deploy.settings.test $(VENV)/python -m tests.benchmarks

bench-scale: install ## both engines at SIZES listings beside the bare engine, on real servers (about half an hour)
	deploy/services/install
	$(VENV)/python -m tests.benchmarks.scale --sizes $(or $(SIZES),10000,100000)

screenshots: install ## take the pictures of the README anew (needs /usr/bin/chromium)
	$(VENV)/python -m tests.screenshots

format: install ## mend what the formatters and the linter can mend
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .
	$(VENV)/djangofmt $$(git ls-files '*.html')

messages: install ## collect and compile the English catalogue (needs gettext)
	DJANGO_SETTINGS_MODULE=deploy.settings.test $(VENV)/python manage.py makemessages -l en --no-obsolete --no-location --no-wrap -i .venv -i .data -i tests
	DJANGO_SETTINGS_MODULE=deploy.settings.test $(VENV)/python manage.py compilemessages -l en -i .venv

lock: ## pin the requirements again, for Python 3.11 and later (needs uv)
	cd deploy/requirements && for f in base dev; do \
	  uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-emit-index-url \
	    --no-annotate --no-header $$f.in -o $$f.txt; done
