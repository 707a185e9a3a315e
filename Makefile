# Thin names for real commands; deploy/setup.sh puts in place what they need.
.DEFAULT_GOAL := run
export PATH := $(CURDIR)/.tools/bin:$(PATH)
RUN := uv run --no-sync

.PHONY: ready run test suite lint ruff format-check mypy format bench bench-uploads bench-briefing bench-gateway bundle pictures messages

run: ready  ## serve on port 8501, with sample data as long as nobody imported anything of their own
	@$(RUN) xianjie demo --if-unused
	@$(RUN) xianjie serve

test:      ## everything CI asks for; goes on after a failure and fails at the end
	@deploy/setup.sh test
	@$(MAKE) --no-print-directory --keep-going lint suite

# Compiled once, not by each process that a test starts, whatever the environment says: half of what starting costs.
suite: ready
	PYTHONDONTWRITEBYTECODE= $(RUN) pytest -n auto --dist loadfile --durations 40 --durations-min 5

lint: ruff format-check mypy

ready:
	@deploy/setup.sh run

ruff: ready
	$(RUN) ruff check

format-check: ready
	$(RUN) ruff format --check

mypy: ready
	$(RUN) mypy

format: ready
	$(RUN) ruff check --fix
	$(RUN) ruff format

bench:     ## our pages beside a tutorial-style page on the same data
	@deploy/setup.sh test
	$(RUN) python benchmarks/compare.py
	$(RUN) python benchmarks/every_page.py

bench-uploads:  ## what an upload costs the clerk, the server and everybody else
	@deploy/setup.sh test
	$(RUN) python benchmarks/uploads.py

bench-briefing:  ## what a bulletin costs the office, the server and everybody else
	@deploy/setup.sh test
	$(RUN) python benchmarks/briefing.py

bench-gateway:  ## what nginx, TLS and limits cost viewers; with --minutes, whether memory grows
	@deploy/setup.sh test
	$(RUN) python benchmarks/gateway.py

bundle: ready  ## everything a machine without a network needs, below dist/; PYTHONS, MACHINE and REVISION choose
	$(RUN) python deploy/bundle.py $(if $(PYTHONS),--pythons $(PYTHONS)) $(if $(MACHINE),--machine $(MACHINE)) \
		$(if $(REVISION),--revision $(REVISION))

pictures:  ## the pictures of the README
	@deploy/setup.sh test
	$(RUN) python docs/pictures.py

messages: ready  ## collect new texts for the Chinese catalogue
	$(RUN) pybabel extract --keywords=N_ --no-location --sort-output -o var/xianjie.pot app.py frame.py cli.py pages components data geo
	$(RUN) pybabel update --domain xianjie --input-file var/xianjie.pot --output-dir data/locale --locale zh_CN
