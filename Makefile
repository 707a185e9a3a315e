# Thin names for real commands; deploy/setup.sh puts in place what they need.
export PATH := $(CURDIR)/.tools/bin:$(PATH)
RUN := uv run --frozen
# Succeeds if any county has data.
HAS_DATA := from data.registry import counties; from data.store import open_store; store = open_store(); raise SystemExit(not any(store.version(county.code) for county in counties()))

.PHONY: run test suite lint ruff format-check mypy format bench pictures messages

run:       ## serve on port 8501, with sample data if the store is empty
	@deploy/setup.sh run
	@$(RUN) python -c '$(HAS_DATA)' || $(RUN) xianjie demo
	@$(RUN) xianjie serve

test:      ## everything CI asks for; goes on after a failure and fails at the end
	@deploy/setup.sh test
	@$(MAKE) --no-print-directory --keep-going lint suite

suite:
	$(RUN) pytest -n auto --dist loadfile

lint: ruff format-check mypy

ruff:
	$(RUN) ruff check

format-check:
	$(RUN) ruff format --check

mypy:
	$(RUN) mypy

format:
	$(RUN) ruff check --fix
	$(RUN) ruff format

bench:     ## our pages beside a tutorial-style page on the same data
	@deploy/setup.sh test
	$(RUN) python benchmarks/compare.py

pictures:  ## the pictures of the README
	@deploy/setup.sh test
	$(RUN) python docs/pictures.py

messages:  ## collect new texts for the Chinese catalogue
	$(RUN) pybabel extract --keywords=N_ --no-location --sort-output -o var/xianjie.pot app.py frame.py cli.py pages components data geo
	$(RUN) pybabel update --domain xianjie --input-file var/xianjie.pot --output-dir data/locale --locale zh_CN
