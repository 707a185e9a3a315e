"""Write the migration that leads from the newest revision to the present schema.

`python -m data.store.migrations 0002 "Add the unit of a fact"`; then read it, and set `REVISION` in `schema.py`.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from data.store.database import MIGRATIONS, open_engine, upgrade


def main(revision: str, message: str) -> None:
    """Compare the migrated empty database with the metadata and write the difference."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'store.db'}")
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        with engine.execution_options(write=True).begin() as connection:
            upgrade(connection)
            config.attributes["connection"] = connection
            command.revision(config, message=message, autogenerate=True, rev_id=revision)
        engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
