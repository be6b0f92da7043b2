# make run     everything on this machine, until Ctrl-C
# make test    all tests        make check   format, lint, types, imports: what CI runs
# make docs    pages made from the code
# make bench-read | bench-extract | bench-learn | bench-chain ARGS="…"
# make clean   remove what was built; the data directory and .venv stay
# make lock    resolve the dependencies of pyproject.toml anew

SHELL := /bin/bash
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

PYTHON := .venv/bin/python
NPM := npm --prefix server/ui --loglevel=error
BOOTSTRAP := bash workers/bootstrap.sh
PACKAGES := server workers extractors models bench tests
ARGS ?=

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONPATH := $(CURDIR)

LOCKED := $(shell { sha256sum requirements.lock || shasum -a 256 requirements.lock; } 2>/dev/null | cut -c1-64)
VENV := .venv/.installed-$(LOCKED)

ifneq ($(wildcard server/ui/package.json),)
UI_MODULES := server/ui/node_modules/.package-lock.json
UI := server/ui/dist/.built
UI_SOURCES := $(shell find server/ui -type d \( -name node_modules -o -name dist \) -prune -o -type f -print)
endif

.PHONY: run test check docs clean lock bench-read bench-extract bench-learn bench-chain

run: $(VENV) $(UI)
	@exec $(PYTHON) -m workers.up

test: $(VENV) $(UI)
	@$(BOOTSTRAP) chromium
	@exec $(PYTHON) -m pytest $(ARGS)
ifdef UI
	@$(NPM) test --if-present --silent
endif

check: $(VENV) $(UI_MODULES)
	@$(PYTHON) -m ruff format --check --quiet $(PACKAGES)
	@$(PYTHON) -m ruff check --quiet $(PACKAGES)
	@$(PYTHON) -m mypy $(PACKAGES)
	@.venv/bin/lint-imports
ifdef UI_MODULES
	@$(NPM) run check --if-present --silent
endif

docs: $(VENV)
	@$(PYTHON) -m models.settings > docs/settings.md
	@echo "Wrote docs/settings.md."

bench-read: $(VENV)
	@exec $(PYTHON) -m bench compare $(ARGS)

bench-extract: $(VENV)
	@exec $(PYTHON) -m bench evaluate $(ARGS)

bench-learn: $(VENV)
	@exec $(PYTHON) -m bench learn $(ARGS)

bench-chain: $(VENV)
	@exec $(PYTHON) -m bench chain $(ARGS)

# The lock holds hashes and no addresses, so it fits whichever index pip is set up to use.
lock: $(VENV)
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml --group dev -o requirements.lock
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-annotate -c requirements.lock pyproject.toml -o docker/requirements.lock
	@if grep -n '://' requirements.lock docker/requirements.lock; then echo "A lock names an address." >&2; exit 1; fi

clean:
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache out
	@rm -rf server/ui/dist server/ui/node_modules
	@find $(PACKAGES) -type d -name __pycache__ -prune -exec rm -rf {} +
	@echo "Clean. .venv and the data directory are still there: remove them by hand."

$(VENV): | requirements.lock
	@$(BOOTSTRAP) packages $@

ifdef UI
$(UI_MODULES): server/ui/package.json server/ui/package-lock.json | $(VENV)
	@echo "Installing what the web interface is built with …"
	@$(NPM) ci --no-audit --no-fund --silent
	@touch $@

$(UI): $(UI_MODULES) $(UI_SOURCES) | $(VENV)
	@echo "Building the web interface …"
	@$(NPM) run build --silent > server/ui/node_modules/.build.log 2>&1 \
		|| { cat server/ui/node_modules/.build.log >&2; exit 1; }
	@touch $@
endif
