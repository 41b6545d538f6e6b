"""Debian's PostgreSQL as a process of its own, its files in a folder of its own; and a database for each test."""

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

import psutil
import psycopg
import sqlalchemy as sa

from bench import servers
from bench.waiting import wait_for
from megane.database import open_database

USER: Final = "megane"
PASSWORD: Final = "only-for-tests"
# Nothing here has to outlive the machine; what a killed process wrote stays in the machine's memory.
QUICK: Final = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB", "autovacuum=off", "log_timezone=UTC")


def programs() -> Path:
    """The folder with `initdb` and `postgres`, of the newest version that is installed."""
    found = Path("/usr/lib/postgresql").glob("*/bin")
    return max(found, key=lambda folder: int(folder.parent.name))


class Postgresql:
    """A server on a socket in its folder (trusting) and on a port of the loopback (by password). `kill` is kill -9."""

    def __init__(self, settings: tuple[str, ...] = QUICK) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="megane-postgresql-"))
        self.port = servers.free_port()
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count()
        # PostgreSQL does not run as root.
        self._as: tuple[str, ...] = ()
        if os.geteuid() == 0:
            postgres = pwd.getpwnam("postgres")
            os.chown(self.folder, postgres.pw_uid, postgres.pw_gid)
            self._as = ("setpriv", f"--reuid={postgres.pw_uid}", f"--regid={postgres.pw_gid}", "--clear-groups")

    def __enter__(self) -> Self:
        password = self.folder / "password"
        password.write_text(PASSWORD, encoding="ascii")
        self._run(
            "initdb", "-D", str(self._files), "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
            "--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={password}",
        )  # fmt: skip
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _files(self) -> Path:
        return self.folder / "files"

    def url(self, database: str) -> sa.URL:
        """By the socket, where nobody is asked for a password."""
        return sa.URL.create(
            "postgresql+psycopg", USER, database=database, query={"host": str(self.folder), "port": str(self.port)}
        )

    def start(self) -> None:
        """Starts it and waits until it answers."""
        settings = (f"port={self.port}", f"unix_socket_directories={self.folder}", *self._settings)
        flags = [flag for setting in settings for flag in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                (*self._as, str(programs() / "postgres"), "-D", str(self._files), *flags), stdout=log, stderr=log
            )
        wait_for(self._answers, "PostgreSQL")

    def kill(self) -> None:
        """All its processes at once, as when its machine loses power; one that lives on would keep the next from
        starting.
        """
        if self._process is not None:
            family = psutil.Process(self._process.pid).children(recursive=True)
            self._process.kill()
            for process in family:
                try:
                    process.kill()
                except psutil.NoSuchProcess:
                    continue
            self._process.wait()
            psutil.wait_procs(family)
            self._process = None

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[sa.URL]:
        """A database of its own, as `template` is; gone afterwards, whoever is in it."""
        name = f"city_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        with self._connect() as connection:
            connection.execute(statement.encode())

    def make_template(self) -> str:
        """A database with all tables, to be copied: quicker than migrating anew."""
        self.execute("CREATE DATABASE city_template TEMPLATE template0")
        open_database(self.url("city_template")).dispose()
        return "city_template"

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.folder), port=self.port, user=USER, dbname="postgres", autocommit=True, connect_timeout=5
        )

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text(encoding="utf-8", errors="replace")
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run((*self._as, str(programs() / program), *arguments), check=True, capture_output=True, cwd="/")
