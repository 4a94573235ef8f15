"""Retention runs at their full size, beside the batches that somebody would write by hand; the figures of `scripts/bench --sweep`.

One table of visits, of which about a tenth is due. Every run finds a table of its own, made from the same template, because what is erased is
gone. The rule is shown first, as a new rule has to be, and what is timed is the run that carries it out: counting, batches, ledger, names
of the records for the proof, and the count afterwards.
"""

import datetime
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import time

from landscapes import Mariadb, Postgres, Workspace
from measuring import Command, Failed, Series, figure, megabytes, shown

# A log as applications write it: the number of a visit grows with its day. About a tenth is older than two years.
DAYS = 811
BATCH = 10_000
# Pairs of turns where one takes less than a second: what else the machine does weighs more there.
SHORT = 4
# Point reads in a second, at even distances: an application that others use, not one that wants the whole machine.
READS = 100
# Rows of a table whose erasure takes long enough for that.
ENOUGH = 10_000_000
# How long the reads go on beside nothing before each run, and how often each is run beside them.
CALM_S = 5
READ_TURNS = 3
# After so long `pgbench` has written down what it had gathered.
WRITTEN_S = 3

INVENTORY = """  site:
    engine: ENGINE
    settings: SETTINGS
    timeouts: { request: 60m }
    objects:
      visits:
        table: visits
        key: id
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email } }
        clock: seen_on
        erase: remove
data_types:
  visits: { objects: [site.visits], purpose: sales, basis: art6_1_f, keep: P2Y, start: clock, kind: max, then: remove }
"""
LIMITS = f"limits: {{ people: 50, records: 100000000, sweep: {{ records: 100000000, share: 90, batch: {BATCH} }} }}"

COLUMNS = "(id bigint PRIMARY KEY, email varchar(80) NOT NULL, page varchar(80) NOT NULL, seen_on date NOT NULL)"


class OnPostgres:
    """Databases copied from a template; by hand a loop on the server, so that nobody pays for sending keys to and fro."""

    name, engine = "PostgreSQL", "postgres"

    def __init__(self, shop, folder, rows):
        self.shop, self.folder = shop, folder
        self.sql(f"CREATE DATABASE visits_base", "postgres")
        self.sql(f"""
            CREATE TABLE visits {COLUMNS};
            INSERT INTO visits SELECT i, 'visitor' || i || '@example.org', '/shop/item-' || i % 5000,
              current_date - {DAYS} + (i::bigint * {DAYS} / {rows} + i % 3)::int - 3
              FROM generate_series(1, {rows}) i;
            CREATE INDEX ON visits (seen_on);""", "visits_base")
        self.sql("VACUUM (FREEZE, ANALYZE) visits", "visits_base")

    def url(self, base):
        return f"{self.shop.url.rsplit('/', 1)[0]}/{base}"

    def sql(self, text, base):
        asked = [self.shop.program, "-XqAt", "-v", "ON_ERROR_STOP=1", self.url(base)]
        return subprocess.run(asked, input=text, check=True, capture_output=True, text=True).stdout.strip()

    def fresh(self, name):
        self.sql(f"CREATE DATABASE {name} TEMPLATE visits_base", "postgres")
        self.sql("CHECKPOINT", "postgres")

    def gone(self, name):
        self.sql(f"DROP DATABASE {name} WITH (FORCE)", "postgres")

    def count(self, name):
        return int(self.sql("SELECT count(*) FROM visits", name))

    def due(self):
        return int(self.sql("SELECT count(*) FROM visits WHERE seen_on < current_date - interval '2 years'", "visits_base"))

    def workspace(self, dsr, name):
        return workspace(dsr, self.folder / f"postgres-{name}", "postgres", '{ url: { secret: "env:BENCH_DATABASE" } }', {"BENCH_DATABASE": self.url(name)})

    def by_hand(self, name):
        file = self.folder / f"{name}.sql"
        file.write_text(f"""
            DO $$
            DECLARE gone bigint;
            BEGIN
              LOOP
                DELETE FROM visits WHERE ctid = ANY (ARRAY(
                  SELECT ctid FROM visits WHERE seen_on < current_date - interval '2 years' LIMIT {BATCH}));
                GET DIAGNOSTICS gone = ROW_COUNT;
                COMMIT;
                EXIT WHEN gone = 0;
              END LOOP;
            END $$;""")
        return Command([self.shop.program, "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", file, self.url(name)], {"PGSSLMODE": "disable"})


class OnMariadb:
    """The same with a procedure of MariaDB."""

    name, engine = "MariaDB", "mysql"

    def __init__(self, shop, folder, rows):
        self.shop, self.folder = shop, folder
        self.sql("CREATE DATABASE visits_base CHARACTER SET utf8mb4")
        self.sql(f"""
            CREATE TABLE visits {COLUMNS.replace("NULL)", "NULL, KEY (seen_on))")};
            INSERT INTO visits SELECT seq, concat('visitor', seq, '@example.org'), concat('/shop/item-', seq % 5000),
              current_date - INTERVAL {DAYS} + 3 - seq * {DAYS} DIV {rows} - seq % 3 DAY
              FROM seq_1_to_{rows};""", "visits_base")

    def sql(self, text, *base):
        asked = ["mariadb", f"--defaults-file={self.shop.options}", "--skip-ssl", "-N", "-B", *base]
        return subprocess.run(asked, input=text, check=True, capture_output=True, text=True).stdout.strip()

    def fresh(self, name):
        self.sql(f"CREATE DATABASE {name} CHARACTER SET utf8mb4; CREATE TABLE {name}.visits LIKE visits_base.visits;"
                 f"INSERT INTO {name}.visits SELECT * FROM visits_base.visits; ANALYZE TABLE {name}.visits")

    def gone(self, name):
        self.sql(f"DROP DATABASE {name}")

    def count(self, name):
        return int(self.sql("SELECT count(*) FROM visits", name))

    def due(self):
        return int(self.sql("SELECT count(*) FROM visits WHERE seen_on < current_date - INTERVAL 2 YEAR", "visits_base"))

    def workspace(self, dsr, name):
        url = f"{self.shop.url.rsplit('/', 1)[0]}/{name}"
        return workspace(dsr, self.folder / f"mysql-{name}", "mysql", '{ url: { secret: "env:BENCH_DATABASE" } }', {"BENCH_DATABASE": url})

    def by_hand(self, name):
        file = self.folder / f"{name}.sql"
        file.write_text(f"""
            DELIMITER //
            BEGIN NOT ATOMIC
              REPEAT
                DELETE FROM visits WHERE seen_on < current_date - INTERVAL 2 YEAR LIMIT {BATCH};
                SET @gone = ROW_COUNT();
                COMMIT;
              UNTIL @gone = 0 END REPEAT;
            END //""")
        return Command(["mariadb", f"--defaults-file={self.shop.options}", "--skip-ssl", name], stdin=file)


class OnSqlite:
    """Files copied from a template; by hand a short program that knows its library."""

    name, engine = "SQLite", "sqlite"

    def __init__(self, _shop, folder, rows):
        self.folder = folder
        self.base = folder / "visits_base.db"
        base = sqlite3.connect(self.base)
        base.execute(f"CREATE TABLE visits {COLUMNS.replace('bigint', 'INTEGER')}")
        base.execute(f"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
            INSERT INTO visits SELECT i, 'visitor' || i || '@example.org', '/shop/item-' || i % 5000,
              date('now', (i * {DAYS} / {rows} + i % 3 - 3 - {DAYS}) || ' days') FROM n""")
        base.execute("CREATE INDEX visits_seen ON visits (seen_on)")
        base.execute("ANALYZE")
        base.commit()
        base.close()

    def file(self, name):
        return self.folder / f"{name}.db"

    def fresh(self, name):
        self.file(name).write_bytes(self.base.read_bytes())
        self.file(name).chmod(0o600)
        # What was just copied is not to be brought to the disk by whoever syncs first.
        os.sync()

    def gone(self, name):
        for file in self.folder.glob(f"{name}.db*"):
            file.unlink()

    def count(self, name):
        base = sqlite3.connect(self.file(name))
        [[count]] = base.execute("SELECT count(*) FROM visits")
        base.close()
        return count

    def due(self):
        base = sqlite3.connect(self.base)
        [[count]] = base.execute("SELECT count(*) FROM visits WHERE seen_on < date('now', '-2 years')")
        base.close()
        return count

    def workspace(self, dsr, name):
        return workspace(dsr, self.folder / f"sqlite-{name}", "sqlite", f'{{ path: "{self.file(name)}" }}', {})

    def by_hand(self, name):
        program = f"""
import sqlite3
base = sqlite3.connect({str(self.file(name))!r}, isolation_level=None)
while base.execute("DELETE FROM visits WHERE id IN (SELECT id FROM visits WHERE seen_on < date('now', '-2 years')"
                   " LIMIT {BATCH})").rowcount: pass
"""
        return Command(["python3", "-c", program])


def workspace(dsr, folder, engine, settings, environment, inventory=INVENTORY):
    made = Workspace(dsr, folder, inventory.replace("ENGINE", engine).replace("SETTINGS", settings), environment=environment)
    file = made.folder / "dsr.yaml"
    text, count = re.subn(r"^limits: .*$", LIMITS, file.read_text(), flags=re.MULTILINE)
    if count != 1:
        raise Failed("the inventory has no line of limits")
    file.write_text(text)
    # A new rule is only shown.
    made.command("sweep").run()
    return made


def sweep(given, table, place, rows, goal, pairs=1):
    """Twice so many turns of each, the other way round every second time, and one more run for the memory."""
    ours, theirs, serial = [], [], iter(range(100))
    due = place.due()

    def one(prepare, runs):
        name = f"visits_{next(serial)}"
        place.fresh(name)
        try:
            result = runs(prepare(name))
            left = place.count(name)
            if left != rows - due:
                raise Failed(f"{left:,} rows are left, not {rows - due:,}")
            return result
        finally:
            place.gone(name)

    apply = lambda name: place.workspace(given.dsr, name).command("sweep", "--apply")
    turn = lambda: ours.append(one(apply, lambda command: command.run()))
    by_hand = lambda: theirs.append(one(place.by_hand, lambda command: command.run()))
    for turns in ((turn, by_hand), (by_hand, turn)) * pairs:
        for each in turns:
            each()
    peak = one(apply, lambda command: command.peak())
    ours, theirs = Series(ours), Series(theirs)
    ratio = ours.median / theirs.median
    table.add(f"sweep, {place.name}, {due:,} of {rows:,} rows", goal, ours, ratio <= 1.3 and peak <= 64e6, peak, ("batches by hand", theirs))
    return one, apply


def on_postgres(given, table, shop):
    place = OnPostgres(shop, given.folder, given.sweep_rows)
    one, apply = sweep(given, table, place, given.sweep_rows, "≤ 1.3 × by hand, ≤ 64 MB")
    if given.sweep_rows < ENOUGH:
        table.note("point reads beside that sweep", "≤ 1.2 × without", f"needs {ENOUGH:,} rows: the batches by hand end too soon to read beside them")
        return
    reads(given, table, place, one, apply)


def on_mariadb(given, table, shop):
    rows = given.sweep_rows // 10
    sweep(given, table, OnMariadb(shop, given.folder, rows), rows, "≤ 1.3 × by hand, ≤ 64 MB", SHORT)


def on_sqlite(given, table):
    rows = given.sweep_rows // 10
    sweep(given, table, OnSqlite(None, given.folder, rows), rows, "≤ 1.3 × by hand, ≤ 64 MB", SHORT)


class OnCsv:
    """A file written anew from a template; beside it a search that finds as many lines, because each due one has a word of its own."""

    MARK = "Abgelaufen"

    def __init__(self, folder, size):
        self.folder, self.base = folder, folder / "visits_base.csv"
        today = datetime.date.today()
        rows = size // 100
        days = [(today + datetime.timedelta(days=day)).isoformat() for day in range(-DAYS - 8, 8)]
        limit = (today - datetime.timedelta(days=731)).isoformat()
        self.rows, self.due = 0, 0
        with open(self.base, "w") as out:
            out.write("id;email;page;seen_on;state;note\n")
            while self.rows < rows:
                lines = []
                for number in range(self.rows, min(self.rows + 50_000, rows)):
                    day = days[number * DAYS // rows + number % 3 + 5]
                    # Two days around the limit are left to no rounding of a year.
                    day = days[0] if limit <= day < (today - datetime.timedelta(days=729)).isoformat() else day
                    due = day < limit
                    self.due += due
                    lines.append(f"{number};visitor{number}@example.org;/shop/item-{number % 5000};{day};{self.MARK if due else 'laufend'};{number * 7919 % 10**28:028d}\n")
                self.rows += len(lines)
                out.write("".join(lines))

    def workspace(self, dsr, name):
        file = self.folder / f"{name}.csv"
        with open(self.base, "rb") as old, open(file, "wb") as new:
            shutil.copyfileobj(old, new, 1 << 22)
        os.sync()
        settings = f'{{ path: "{file}", delimiter: ";" }}'
        made = workspace(dsr, self.folder / f"csv-{name}", "csv", settings, {}, INVENTORY.replace("        table: visits\n        key: id\n", ""))
        return made, file

    def lines(self, file):
        with open(file, "rb") as rows:
            return sum(block.count(b"\n") for block in iter(lambda: rows.read(1 << 22), b"")) - 1


def on_csv(given, table):
    """The pass that counts and the run that carries out, each beside the search, in one run; and the latter beside a search that writes
    all other lines to a new file as well, which is synced."""
    place = OnCsv(given.folder, given.sweep_csv_size * 1_000_000)
    search = Command(["rg", "-iF", OnCsv.MARK, place.base])
    found = int(Command(["rg", "-iFc", OnCsv.MARK, place.base]).text())
    if found != place.due:
        raise Failed(f"the search finds {found:,} lines, and {place.due:,} are due")
    made, file = place.workspace(given.dsr, "counted")
    look = made.command("sweep")
    looks, applies, searches, writes = [], [], [], []
    copy = place.folder / "others.csv"
    write = Command(["sh", "-c", 'rg -viF "$1" "$2" > "$3" && sync "$3"', "sh", OnCsv.MARK, place.base, copy])
    search.run()
    for turn in range(3):
        looks.append(look.run())
        searches.append(search.run())
        made_for_turn, other = place.workspace(given.dsr, f"turn{turn}")
        applies.append(made_for_turn.command("sweep", "--apply").run())
        if place.lines(other) != place.rows - place.due:
            raise Failed(f"{place.lines(other):,} rows are left, not {place.rows - place.due:,}")
        other.unlink()
        searches.append(search.run())
        writes.append(write.run())
        if place.lines(copy) != place.rows - place.due:
            raise Failed("the search that writes leaves other lines")
        copy.unlink()
    memory = look.peak()
    file.unlink()
    made, file = place.workspace(given.dsr, "memory")
    peak = made.command("sweep", "--apply").peak()
    file.unlink()
    size = megabytes(place.base.stat().st_size)
    place.base.unlink()
    theirs = Series(searches)
    for what, costs, most in (("counted", looks, memory), ("written anew", applies, peak)):
        ours = Series(costs)
        met = ours.median <= 3 * theirs.median and most <= 64e6
        table.add(f"sweep, CSV of {size}, {place.due:,} of {place.rows:,} rows, {what}", "≤ 3 × `rg -iF`, ≤ 64 MB", ours, met, most, ("rg", theirs), alone=True)
    # The bound of whoever has to write as well; the goal above stays what it is.
    ours, theirs = Series(applies), Series(writes)
    table.add("the same, written anew", "≤ 3 × `rg -viF` into a file and `sync`", ours, ours.median <= 3 * theirs.median, None,
              ("rg, sync", theirs), alone=True)


def reads(given, table, place, one, apply):
    """Single rows read by their key, by another session: beside nothing and then beside the sweep, in the same table; the same with the
    batches by hand."""
    calm, found = [], {}
    for what, prepare in (("dsr", apply), ("hand", place.by_hand)) * READ_TURNS:
        def run(command):
            name = re.search(r"visits_\d+", " ".join(command.arguments)).group()
            with Reads(place, name, given.sweep_rows) as reads:
                time.sleep(CALM_S)
                began = time.time()
                command.run()
                ended = time.time()
                time.sleep(WRITTEN_S)
            calm.extend(reads.between(began - CALM_S + 1, began))
            return reads.between(began, ended)
        found.setdefault(what, []).extend(one(prepare, run))
    all_of = (calm, found["dsr"], found["hand"])
    calm, ours, theirs = (statistics.mean(latencies) for latencies in all_of)
    # What half of the reads take says whether all are slowed or a few wait for a processor.
    half = " / ".join(figure(statistics.median(latencies) * 1000) for latencies in all_of)
    ratio = ours / calm
    table.rows.append(("point reads beside that sweep, mean", "≤ 1.2 × without", shown(ours), "", "",
                       f"without: {figure(calm * 1000)} ms; beside the batches by hand: {figure(theirs * 1000)} ms ({theirs / calm:.2f}); "
                       f"medians without / beside the sweep / by hand: {half} ms", f"{ratio:.2f}", "met" if ratio <= 1.2 else "missed"))
    table.missed += ratio > 1.2


class Reads:
    """`pgbench` that reads one row of many at even distances, and writes down when and how long each took."""

    def __init__(self, place, base, rows):
        script = place.folder / "read.sql"
        script.write_text(f"\\set id random(1, {rows})\nSELECT page FROM visits WHERE id = :id;\n")
        program = pathlib.Path(place.shop.program).with_name("pgbench")
        self.log = place.folder / "reads"
        for old in self.logs():
            old.unlink()
        asked = [program, "-n", "-f", script, "-c", "1", "-T", "3600", "-R", str(READS), "-l", f"--log-prefix={self.log}", "-M", "prepared",
                 place.url(base)]
        self.process = subprocess.Popen(asked, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def logs(self):
        return self.log.parent.glob(f"{self.log.name}.*")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        said = self.process.communicate()[1]
        self.found = []
        for file in self.logs():
            for line in file.read_text().splitlines():
                parts = line.split()
                # The last line may be cut off. The schedule's own lag is no part of what a statement took.
                if len(parts) == 7:
                    _, _, latency, _, seconds, micros, lag = map(int, parts)
                    self.found.append((seconds + micros / 1e6, (latency - lag) / 1e6))
        if not self.found:
            raise Failed(f"the reads said nothing of use:\n{said}")

    def between(self, began, ended):
        """The seconds that each of the statements took that were answered in this time."""
        if self.found[-1][0] < ended:
            raise Failed("the reads were not written down to the end")
        return [took for at, took in self.found if began <= at <= ended]
