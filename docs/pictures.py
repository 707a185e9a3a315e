"""Make the pictures of the README from the sample data: `make pictures`.

    python docs/pictures.py [NAME ...] [--home FOLDER]

Serves a store of its own with the sample of one county, opens it in headless Chromium and writes `docs/pictures/*.png`
with a palette of 256 colours. `--home` uses a store that holds the sample already.
"""

# ruff: noqa: INP001, S603, T201 - a script that starts our own command and says what it made
import argparse
import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402 - after the path, as this is a script
from playwright.sync_api import Page  # noqa: E402

from data.sample import write_sample  # noqa: E402
from tests.support.browser import chromium, open_page, settled  # noqa: E402
from tests.support.server import running  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
COUNTY = "banan"
SCREEN, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
LARGEST = 250 * 1024
_PATIENCE = 120_000  # ms
_REST = 1500  # ms in which maps come to rest
_CHARTS_DRAWN = """() => [...document.querySelectorAll('[data-testid="stPlotlyChart"]')]
  .every((chart) => chart.querySelector('.main-svg'))"""


@dataclass(frozen=True)
class Picture:
    """One picture: a page's address below the county, and what is done on it before."""

    name: str
    address: str
    viewport: dict[str, int]
    prepare: Callable[[Page], None] = lambda _: None


def _village_file(page: Page) -> None:
    """Drop a month of village figures with a title above its header; the page shows it before it is committed."""
    with tempfile.TemporaryDirectory() as folder:
        sample = next(f for f in write_sample(COUNTY, Path(folder)) if f.table == "facts")
        header, *rows = csv.reader(sample.path.read_text("utf-8-sig").splitlines())
        day, item, value = (next(k for k, h in enumerate(header) if h.startswith(w)) for w in ("日期", "事项", "数值"))
        newest = max(row[day] for row in rows)
        shown = [row for row in rows if row[day] == newest and row[item] == "collective_income"]
        for row in shown:
            row[value] = f"{float(row[value]) * 1.06:.2f}"
        file = Path(folder) / f"示例数据_村集体收入_{newest[:7]}.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows([["示例数据 村集体收入月报"], header, *shown])
        page.locator("input[type=file]").first.set_input_files(file)
        page.frame_locator("iframe").first.locator("body").wait_for()
        page.get_by_text("按主键合并").click()


def _down_to(key: str) -> Callable[[Page], None]:
    """Return what scrolls until a panel or a row of the page stands at the lower edge."""
    return lambda page: page.locator(f".st-key-{key}").evaluate("e => e.scrollIntoView({ block: 'end' })")


PICTURES = (
    Picture("overview", "", SCREEN),
    Picture("changes", "", SCREEN, _down_to("meeting_row")),
    Picture("village", "/village?village=500113005011", SCREEN),
    Picture("ranking", "/ranking", SCREEN),
    Picture("reporting", "/reporting", SCREEN),
    Picture("problems", "/tasks", SCREEN, _down_to("panel_problem")),
    Picture("funds", "/funds", SCREEN),
    Picture("livable", "/livable_villages?indicator=list_system_coverage", SCREEN),
    Picture("upload", "/upload", SCREEN, _village_file),
    Picture("meeting", "?mode=meeting", {"width": 1920, "height": 1080}),
    Picture("phone", "", PHONE),
)


def save(picture: bytes, path: Path) -> None:
    """Write a PNG with a palette.

    Raises
    ------
    ValueError
        The file would be too large for a README.
    """
    packed = BytesIO()
    reduced = Image.open(BytesIO(picture)).convert("RGB").quantize(256, dither=Image.Dither.NONE)
    reduced.save(packed, "PNG", optimize=True)
    if packed.tell() > LARGEST:
        raise ValueError(f"{path.name} has {packed.tell() // 1024} KB, more than {LARGEST // 1024}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed.getvalue())


def take(home: Path, wanted: list[str]) -> None:
    """Serve the store and take the pictures that are wanted, all if none is named."""
    with running(home) as server, chromium() as browser:
        for picture in PICTURES:
            if wanted and picture.name not in wanted:
                continue
            with open_page(browser, server.url, viewport=picture.viewport) as page:
                page.set_default_timeout(_PATIENCE)
                page.goto(f"/{COUNTY}{picture.address}", wait_until="commit")
                page.locator("[class*=st-key-panel_]").first.wait_for()
                settled(page)
                picture.prepare(page)
                settled(page)
                page.wait_for_function(_CHARTS_DRAWN)
                page.wait_for_timeout(_REST)
                save(page.screenshot(), FOLDER / f"{picture.name}.png")
                print(f"{picture.name}.png", (FOLDER / f"{picture.name}.png").stat().st_size // 1024, "KB")


def main() -> None:
    """Read the command line and take pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(p.name for p in PICTURES)}; all without")
    parser.add_argument("--home", type=Path, help="folder of a store that holds the sample already")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="xianjie-pictures-") as temporary:
        home = options.home or Path(temporary)
        if not options.home:
            command = [sys.executable, "-m", "cli", "demo", "--county", COUNTY]
            subprocess.run(command, cwd=ROOT, env=os.environ | {"XIANJIE_HOME": str(home)}, check=True)
        take(home, options.names)


if __name__ == "__main__":
    main()
