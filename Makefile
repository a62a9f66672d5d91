# `make run` and `make test` are all you need. Both use one .venv, made on first use and made anew when
# the requirements change, so that after either of them the other works offline.
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
ARGS ?=

VENV := .venv/bin/python
STAMP := .venv/.installed-$(shell cat requirements*.txt constraints.txt | cksum | cut -d' ' -f1)
SITE := $(VENV) -m tools.launcher.run
export PORT HOST

.PHONY: help run dev stop reset manage test check format messages bench seed torture

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1	/' | expand -t 16

run: $(STAMP)  ## the site on http://127.0.0.1:8000 with demo data (PORT=…, HOST=0.0.0.0 for the network)
	@$(SITE) run

dev: $(STAMP)  ## the same with DEBUG on, reloading when code changes
	@$(SITE) dev

stop: $(STAMP)  ## stop every server of this folder, its PostgreSQL too
	@$(SITE) stop

reset: $(STAMP)  ## stop, and throw away the data of `make run`
	@$(SITE) reset

seed: $(STAMP)  ## load the reference data of seeds/ again; changes nothing twice
	@$(SITE) manage load_seeds

manage: $(STAMP)  ## a Django command on the database of `make run`: make manage ARGS="createsuperuser"
	@$(SITE) manage $(ARGS)

test: $(STAMP)  ## all tests on PostgreSQL (COVERAGE=1 measures it too); a part: make test ARGS="tests/patrols -x"
	@$(VENV) -m pytest $(if $(ARGS),$(ARGS),-n 2 --dist loadscope $(if $(COVERAGE),--cov --cov-report=term --cov-fail-under=90))

check: $(STAMP)  ## lint, types, JavaScript, templates, app order, migrations, deployment settings, translations
	@$(VENV) -m tools.checks

format: $(STAMP)  ## let ruff lay out the code
	@$(VENV) -m ruff check --fix --quiet . ; $(VENV) -m ruff format .

messages: $(STAMP)  ## add new texts to the Indonesian catalogue and compile it
	@$(VENV) -m tools.checks.translations --write

torture: $(STAMP)  ## long experiments with phones that lose their signal, their answers and their clock
	@TORTURE=1 $(VENV) -m pytest tests/torture $(ARGS)

bench: $(STAMP)  ## measure pages against a bare view: SIZES="1000 100000"
	@KAMTIBMAS_TOOLS=1 $(SITE) manage bench $(ARGS)

$(STAMP):
	@command -v $(PYTHON) >/dev/null || \
	  { echo "$(PYTHON) is missing: install Python 3.11 or newer, or name one, make $(MAKECMDGOALS) PYTHON=/path/to/python3.11."; exit 1; }
	@$(PYTHON) tools/launcher/install.py $@
