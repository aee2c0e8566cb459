"""Writes requirements.lock and requirements-test.lock: what is installed, with the hashes of its files in the index.

Run by `make lock`. The hashes are of the wheels and sources for every platform and Python that the index offers for a
pinned version, so one lock serves them all. torch is pinned without: its build, and so its hash, differs by index.
"""

from __future__ import annotations

import sys
from importlib.metadata import distribution
from pathlib import Path

from pip._internal.commands import create_command
from pip._internal.index.collector import parse_links
from pip._internal.models.link import Link
from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename

PROJECT = "peek-article"
APART = "torch"


def closure(extra: str) -> dict[str, str]:
    """Name to version of all that the project needs with an extra ("": without), as installed here."""
    found: dict[str, str] = {}
    todo = [(PROJECT, extra)]
    seen = set(todo)
    while todo:
        name, wanted = todo.pop()
        installed = distribution(name)
        if name != PROJECT:
            found[name] = installed.version.split("+")[0]
        for line in installed.requires or ():
            need = Requirement(line)
            if need.marker is None or need.marker.evaluate({"extra": wanted}):
                for one in ["", *need.extras]:
                    if (pair := (canonicalize_name(need.name), one)) not in seen:
                        seen.add(pair)
                        todo.append(pair)
    return found


def is_of(file: str, name: str, version: str) -> bool:
    """Whether a file of an index holds this version of a package."""
    if not file.endswith((".whl", ".tar.gz", ".zip")):
        return False
    try:
        said = (parse_wheel_filename if file.endswith(".whl") else parse_sdist_filename)(file)
    except ValueError:
        return False
    return said[0] == canonicalize_name(name) and str(said[1]) == version


def hashes(pins: dict[str, str]) -> dict[str, list[str]]:
    """Name to the sha256 of each file of its pinned version; an error names a package without any."""
    command = create_command("index")
    options, _ = command.parse_args(["versions", PROJECT])
    found: dict[str, list[str]] = {}
    with command.main_context():
        collector = command._build_package_finder(options, command._build_session(options))._link_collector
        for name, version in pins.items():
            pages = [
                collector.fetch_response(Link(url)) for url in collector.search_scope.get_index_urls_locations(name)
            ]
            links = [
                link for page in pages if page for link in parse_links(page) if is_of(link.filename, name, version)
            ]
            found[name] = sorted({link.hash for link in links if link.hash_name == "sha256" and link.hash})
            if not found[name]:
                sys.exit(f"The index has no file with a sha256 of {name} {version}")
    return found


def main() -> None:
    site, test = closure(""), closure("test")
    of = hashes({name: version for name, version in test.items() if name != APART})
    for path, pins in (("requirements.lock", site), ("requirements-test.lock", test.items() - site.items())):
        rows = [
            " \\\n    ".join([f"{name}=={version}", *(f"--hash=sha256:{one}" for one in of[name])])
            for name, version in sorted(dict(pins).items())
            if name != APART
        ]
        Path(path).write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")
    Path("torch.lock").write_text(f"{APART}=={test[APART]}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
