# make run   install what is needed, publish the demo if there is no data yet, open the dashboard
# make test  lint, formatting, types, all tests (browser tests where a Chromium is found)

PYTHON ?= python3
DATA ?= data
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run demo test lint format messages benchmarks clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

$(VENV)/installed: requirements.txt
	@$(PYTHON) -c "import sys; sys.exit('Python 3.11 or newer is needed, this is ' + sys.version.split()[0] if sys.version_info < (3, 11) else 0)"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements.txt requirements-dev.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(VENV)/installed
	test -f $(DATA)/CURRENT || $(BIN)/python -m cxdata demo --data $(DATA)
	CX_DATA=$(DATA) $(BIN)/python -m streamlit run dashboard.py --server.address 127.0.0.1 --server.port $(PORT)

demo: $(VENV)/installed
	$(BIN)/python -m cxdata demo --data $(DATA)

test: $(VENV)/installed-dev lint
	$(BIN)/python -m pytest -n 3 --dist loadfile

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(VENV)/installed-dev
	$(BIN)/python -m tests.catalog

benchmarks: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis
