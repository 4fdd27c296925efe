# One word for each thing that people do here; `make` alone lists them.
# What is needed is installed into .venv, exactly as the lock files say.

PYTHON ?= python3
PORT ?= 8790
CORPORA ?= ../shared/corpora
ENCODERS := docs/results/encoders
LOCALES := bot/locales
JOBS ?= 2

BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
# Nothing but what was locked, and nothing that would have to be compiled.
LOCKED := --require-hashes --only-binary :all:

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check lint format audit secrets sbom lock messages train encoders report lab benchmarks chaos clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: .venv/.runtime ## install what is needed into .venv, and nothing else: .venv/bin/ser, .venv/bin/ser-bot

demo: .venv/.runtime ## chat with the bot in a browser: no token, no network (PORT=8790)
	@$(BIN)/ser-bot --sandbox --port $(PORT)

run: .venv/.runtime ## run the bot on Telegram; BOT_TOKEN is in .env or in the environment
	@$(BIN)/ser-bot

test: .venv/.development ## run all tests (TESTS="tests/bot -k busy" runs some)
	$(BIN)/python -m pytest --quiet --numprocesses 4 $(TESTS)

check: lint ## all that must pass before a commit: lint, then the tests with their coverage
	@$(MAKE) --no-print-directory test TESTS="--cov --cov-report=term $(TESTS)"

lint: .venv/.development ## check format, style, types and import rules
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m ruff check
	$(BIN)/python -m mypy
	$(BIN)/lint-imports --no-logo

format: .venv/.development ## format the code, and mend what can be mended by itself
	$(BIN)/python -m ruff format
	$(BIN)/python -m ruff check --fix

audit: .venv/.development ## ask PyPI for known weaknesses of what is locked; one fails, an index that is silent does not
	@$(BIN)/python .ci/audit.py

# Verifying a secret would send it to whoever gave it out.
secrets: .venv/.development ## look for secrets in all files of the repository; .secrets.baseline says how
	@git rev-parse --is-inside-work-tree >/dev/null
	@git ls-files -z --cached --others --exclude-standard | xargs -0 $(BIN)/detect-secrets-hook --no-verify --baseline .secrets.baseline

sbom: .venv/.development ## list what is shipped, as CycloneDX, in dist/sbom.json
	@mkdir -p dist
	@$(BIN)/python -W ignore::UserWarning -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible --output-file dist/sbom.json requirements.lock

LOCK := $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" $(UPGRADE)

lock: .venv/.development ## write the lock files anew (UPGRADE=--upgrade takes newer versions)
	$(LOCK) --output-file requirements.lock pyproject.toml
	$(LOCK) --output-file requirements-build.lock --group pyproject.toml:build
	$(LOCK) --output-file requirements-dev.lock --constraint requirements.lock \
		--constraint requirements-build.lock --extra dev pyproject.toml

messages: .venv/.development ## gather what is to be translated, and compile the translations
	$(BIN)/pybabel --quiet extract --omit-header --add-location=file --sort-by-file --width=100 --output-file=$(LOCALES)/bot.pot bot
	$(BIN)/pybabel --quiet update --domain=bot --input-file=$(LOCALES)/bot.pot --output-dir=$(LOCALES) --width=100 --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel --quiet compile --domain=bot --directory=$(LOCALES)

train: .venv/.runtime ## train the model that ships, from CORPORA=../shared/corpora
	$(BIN)/ser train --corpora $(CORPORA) --encoders $(ENCODERS) --out ser_core/models/default --cache .cache

# An encoder that is there is not trained again; `make -B encoders` trains all from nothing.
# Each takes about a quarter of an hour on a core; `make -j2 encoders JOBS=1` trains two at once.
# Those without a corpus only measure how strange one is, and learn for half as long.
encoders: $(addprefix $(ENCODERS)/, $(addsuffix .onnx, all fold-1 fold-2 fold-3 fold-4 fold-5 without-crema-d without-emodb without-ravdess)) ## train the encoders

TRAIN_ENCODER = $(BIN)/ser train-encoder --corpora $(CORPORA) --out $@ --cache .cache --checkpoint .cache/$*.pt --jobs $(JOBS)

$(ENCODERS)/%.onnx: | .venv/.training
	$(TRAIN_ENCODER) $(patsubst fold-%,--fold %,$(patsubst without-%,--epochs 14 --without %,$(filter-out all,$*)))

report: .venv/.development ## measure the model and write docs/results.md
	$(BIN)/ser report --corpora $(CORPORA) --encoders $(ENCODERS) --out docs/results.md --cache .cache --spoiled-clips 400

lab: .venv/.training ## try every system of the laboratory and write docs/lab.md; goes on where it was stopped
	$(BIN)/ser lab --corpora $(CORPORA) --corpus ravdess --corpus crema-d --encoders $(ENCODERS) --out docs/lab.md --cache .cache --jobs $(JOBS)

benchmarks: .venv/.development ## measure speed, load, mood checks, retraining, the speech gate, long notes and the networks
	$(BIN)/python benchmarks/voice_note.py
	$(BIN)/python benchmarks/load.py
	PYTHONPATH=tests $(BIN)/python benchmarks/mood.py
	$(BIN)/python benchmarks/retraining.py
	$(BIN)/python benchmarks/challengers.py
	$(BIN)/python benchmarks/speech_gate.py --corpora $(CORPORA)
	$(BIN)/python benchmarks/long_notes.py --corpora $(CORPORA)
	$(BIN)/python benchmarks/networks.py --corpora $(CORPORA) --cache .cache

chaos: .venv/.development ## kill replicas, spoil Telegram and the database, and count what was lost
	PYTHONPATH=tests $(BIN)/python benchmarks/chaos.py

# What `make train` measured took many minutes, so .cache stays.
clean: ## remove what was installed, built and cached
	rm -rf .venv dist build .coverage* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each step leaves an empty file, so that it is taken once, and again when its lock changes.

.venv/.created:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; name it so: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.runtime: .venv/.created requirements.lock requirements-build.lock pyproject.toml
	@echo "Installing into .venv; this happens once and takes about a minute ..."
	$(INSTALL) $(LOCKED) --requirement requirements.lock --requirement requirements-build.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.development: .venv/.runtime requirements-dev.lock
	$(INSTALL) $(LOCKED) --requirement requirements-dev.lock
	@touch $@

# PyTorch is not locked: which build of it fits depends on the machine.
.venv/.training: .venv/.development
	$(INSTALL) --no-compile torch==2.13.0
	@touch $@
