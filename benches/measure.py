"""Measures `dsr` against its goals; started by `scripts/bench`, which prepares what this needs."""

import argparse
import datetime
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile

import sweeps
from landscapes import EVENTS, NEWSLETTER, ORDERS, PEOPLE, SHARE, Far, Mariadb, Postgres, Workspace, address, customers_file, events_file, people_file, share_folder
from measuring import Command, Series, Table, in_turns, megabytes, shown

SYSTEMS = 100
AWAY_MS = 200
# Measured for Fides 2.86 on another occasion, warm service, request until result; not part of this run.
FIDES_FIND_S = 1.24
FIDES_ERASE_S = 2.25
FIDES_EXPORTS_S = 77
# Records of one person in the shop: the customer, two orders, two payments, a ticket.
RECORDS = 6
# People in one file of `--subjects`.
MANY = 100

TESTS = pathlib.Path(__file__).parent.parent / "scripts" / "servers"


def main():
    words = argparse.ArgumentParser(description=__doc__, prog="scripts/bench")
    words.add_argument("--dsr", required=True, help=argparse.SUPPRESS)
    words.add_argument("--far", required=True, help=argparse.SUPPRESS)
    words.add_argument("--folder", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    words.add_argument("--repetitions", type=int, default=15)
    words.add_argument("--csv-size", type=int, default=1000, metavar="MB")
    words.add_argument("--rows", type=int, default=1_000_000, help="records of one person in the export")
    words.add_argument("--many", default="", help=argparse.SUPPRESS)
    words.add_argument("--lines", type=int, default=1_000_000, help="records of the case whose evidence is made and verified")
    words.add_argument("--quick", action="store_true", help="five repetitions and smaller files: a few minutes")
    words.add_argument("--only", default="", help=f"names of figures, with commas between: {', '.join(FIGURES)}")
    words.add_argument("--sweep", action="store_true", help="the figures of retention runs alone")
    words.add_argument("--sweep-rows", type=int, default=10_000_000, metavar="N", help="rows of the PostgreSQL table; the others have a tenth")
    words.add_argument("--sweep-csv-size", type=int, default=200, metavar="MB", help="size of the file whose rows are swept")
    given = words.parse_args()
    if given.quick:
        given.repetitions, given.csv_size, given.rows, given.lines, given.sweep_rows = 5, 200, 100_000, 100_000, 1_000_000
    usual = [name for name in FIGURES if name not in SWEEPS]
    wanted = given.only.split(",") if given.only else list(SWEEPS) if given.sweep else usual
    unknown = [name for name in wanted if name not in FIGURES]
    if unknown:
        words.error(f"no such figure: {', '.join(unknown)}")
    given.shops = {}
    machine(given)
    table, broken = Table(), []
    for name in wanted:
        print(f"{name} ...", file=sys.stderr, flush=True)
        began = time.monotonic()
        try:
            FIGURES[name](given, table)
        except Exception:  # noqa: BLE001 - one figure that breaks must not cost the others
            broken.append(name)
            print(f"{name} broke:\n{traceback.format_exc()}", file=sys.stderr, flush=True)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print()
    table.print()
    print(f"""
Times are of whole processes: median (least–most). "cpu" is user and system time of one run, "peak" its largest resident memory,
"ratio" the median divided by the median of the peer, both run in turns in this run; in brackets the same for the processor time,
where the peer does all its work itself. The load at the end was {os.getloadavg()[0]:.1f}.
Fides 2.86 was measured elsewhere: {FIDES_FIND_S} s for a find, {FIDES_ERASE_S} s for an erasure without plan, read-back or evidence, \
{FIDES_EXPORTS_S} s for {MANY}
exports. The goals of {FIDES_FIND_S / 50 * 1000:.0f} ms and {FIDES_EXPORTS_S / 50:.2f} s are a fiftieth. {table.missed} goal(s) missed.""")
    if broken:
        sys.exit(f"broke: {', '.join(broken)}")


def machine(given):
    """What a reader needs to know about where this ran."""
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    sync = []
    with tempfile.NamedTemporaryFile(dir=given.folder) as file:
        for _ in range(20):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            sync.append(time.perf_counter() - began)
    load, cores = os.getloadavg()[0], os.cpu_count()
    print(f"{datetime.date.today()}, {cores} cores ({names[0] if names else platform.machine()}), load {load:.1f}, "
          f"{platform.system()} {platform.release()}; one synced write of 4 KiB takes {shown(sorted(sync)[10])} here; "
          f"{given.repetitions} repetitions")
    if load > 0.5 * cores:
        print("Others are at work on this machine: take the ratios and the processor times, not the times.")
    for asked in (["rg", "--version"], ["openssl", "version"], ["sqlite3", "--version"]):
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
        print(" ".join([asked[0], *(said[0].split()[:2] if said else ["is missing"])]), end="; ")
    print()


def start(given, table):
    version = Command([given.dsr, "--version"])
    [series] = in_turns(given.repetitions, lambda _: version)
    peak = version.peak()
    table.add("start", "≤ 10 ms, ≤ 15 MB", series, series.median <= 0.010 and peak <= 15e6, peak)
    size = os.path.getsize(given.dsr)
    table.add_size("binary", "≤ 30 MB", size, size <= 30e6)


def far(given, table):
    systems = Far(given.far, SYSTEMS, AWAY_MS)
    try:
        place = Workspace(given.dsr, given.folder / "far", systems.inventory(), [("people", PEOPLE)])
        email = "anna@example.org"
        # The others are left out, which is said with exit code 3.
        one = lambda _: place.find(email, "--system", "far000", codes=(0, 3))
        everyone = lambda _: place.find(email)
        every, single = in_turns(given.repetitions, everyone, one)
        peak = everyone(0).peak()
        ratio = every.median / single.median
        table.add(f"find, {SYSTEMS} HTTP systems", "≤ 1.25 × one, ≤ 80 MB", every, ratio <= 1.25 and peak <= 80e6, peak, ("one of them", single))
    finally:
        systems.close()


def there(given, name):
    """The shop on a server of this name, started and filled when it is first asked for."""
    if name not in given.shops:
        variable = f"DSR_TEST_{name.upper().removesuffix('QL')}"
        made = subprocess.run([TESTS / name, "start", given.folder], stdout=subprocess.PIPE, text=True, check=True)
        said = dict(line.split("=", 1) for line in made.stdout.splitlines())
        kind = {"postgresql": Postgres, "mariadb": Mariadb}[name]
        given.shops[name] = kind(said[variable], said[f"{variable}_CA"], given.folder)
    return given.shops[name]


def shop(given, table):
    place = shop_over(given, table, there(given, "postgresql"), "shop", 1000)
    verified(given, table, place, "evidence verify, one person")


def tls(given, table):
    shop_over(given, table, there(given, "postgresql"), "shop over TLS", 3000, tls=True)


def mariadb(given, table):
    shop_over(given, table, there(given, "mariadb"), "MariaDB shop", 1000)


def shop_over(given, table, shop, what, first, tls=False):
    """A find and an erasure; people from number `first` on are erased, and by hand those 1,000 numbers further."""
    place = shop.workspace(given.dsr, what.replace(" ", "-"), tls)
    client = pathlib.Path(shop.look(1).arguments[0]).name
    look = lambda number: place.find(address(100 + number))
    found, by_hand = in_turns(given.repetitions, look, lambda number: shop.look(100 + number, tls))
    peak = look(0).peak()
    table.add(f"find, {what}", "≤ 25 ms, ≤ 40 MB", found, found.median <= FIDES_FIND_S / 50 and peak <= 40e6, peak, (f"`{client}`", by_hand))
    erase = lambda number: place.erase(address(first + number), RECORDS)
    erased, by_hand = in_turns(given.repetitions, erase, lambda number: shop.erase(first + 1000 + number, tls))
    peak = erase(999).peak()
    table.add(f"erase, {what}", "≤ 80 ms, ≤ 40 MB", erased, erased.median <= 0.080 and peak <= 40e6, peak, (f"`{client}`", by_hand))
    return place


def subjects(given, table):
    """A hundred people with one command: found, erased, exported."""
    shop = there(given, "postgresql")
    place = shop.workspace(given.dsr, "subjects")
    turns = max(1, min(4, given.repetitions // 3))
    people = lambda first: people_file(place.folder / f"people-{first}.csv", range(first, first + MANY))
    same = people(100)
    find = lambda _: place.command("find", "--subjects", same)
    looked, by_hand = in_turns(turns, find, lambda _: shop.by_hand("look-many", shop.looking(range(100, 100 + MANY))))
    peak = find(0).peak()
    table.add(f"find, {MANY} people", "≤ 2.5 s, ≤ 60 MB", looked, looked.median <= MANY * FIDES_FIND_S / 50 and peak <= 60e6, peak,
              ("`psql`", by_hand))

    exports(given, table, shop, turns, people)

    erase = lambda number: place.command("erase", "--subjects", people(5000 + MANY * number), "--identity", "letter", "--yes", "--expect", MANY * RECORDS)
    numbers = lambda number: range(7000 + MANY * number, 7000 + MANY * (number + 1))
    erased, by_hand = in_turns(turns, erase, lambda number: shop.by_hand("erase-many", shop.erasing(numbers(number))))
    peak = erase(turns + 1).peak()
    table.add(f"erase, {MANY} people", "≤ 8 s, ≤ 60 MB", erased, erased.median <= MANY * 0.080 and peak <= 60e6, peak, ("`psql`", by_hand))


def exports(given, table, shop, turns, people):
    """The drafts of a hundred packages, sealed, in a workspace of its own for each run: a second run finds the cases of the first."""
    said = Command([given.dsr, "export", "--help"]).text()
    what = f"export, {MANY} people"
    if "--subjects" not in said:
        table.note(what, f"≤ {FIDES_EXPORTS_S / 50:.2f} s, ≤ 60 MB", "not in this version")
        return
    places = [shop.workspace(given.dsr, f"exports-{number}") for number in range(turns + 2)]
    export = lambda number: places[number].command("export", "--subjects", people(9000), "--format", "json")
    exported, by_hand = in_turns(turns, export, lambda _: shop.by_hand("look-many", shop.looking(range(9000, 9000 + MANY))))
    peak = export(turns + 1).peak()
    table.add(f"{what}, AES-256 zip", f"≤ {FIDES_EXPORTS_S / 50:.2f} s, ≤ 60 MB", exported,
              exported.median <= FIDES_EXPORTS_S / 50 and peak <= 60e6, peak, ("`psql`, 4 SELECT each", by_hand))


def large(given, table):
    """A person with 5,000 tickets, for a bundle of some size."""
    place = there(given, "postgresql").workspace(given.dsr, "large")
    began = time.perf_counter()
    peak = place.erase("many@example.org", 5000).peak()
    print(f"erase of a person with 5,000 tickets: {shown(time.perf_counter() - began)} once, peak {megabytes(peak)}")
    verified(given, table, place, "evidence verify, 5,000 records")


def evidence(given, table):
    """The bundle of a case of very many records: made, verified, and the memory of both beside a hundredth and a tenth of the records."""
    peaks = {}
    for lines in (given.lines // 100, given.lines // 10, given.lines):
        place = Workspace(given.dsr, given.folder / f"evidence-{lines}", ORDERS)
        began = time.perf_counter()
        case = Command([given.many, place.folder, lines], place.environment).text().strip()
        print(f"a case of {lines:,} records was written in {shown(time.perf_counter() - began)}", file=sys.stderr, flush=True)
        make = place.command("evidence", "make", case)
        # One run for the time and another for the memory, each with a bundle of its own.
        [made] = once(make)
        peaks[lines] = make.peak(), place.command("evidence", "verify", place.bundles()[-1]).peak()
        print(f"evidence of {lines:,} records: make {made}, cpu {shown(made.processor)}, peak {megabytes(peaks[lines][0])}; "
              f"verify, peak {megabytes(peaks[lines][1])}")
    (few_made, few_verified), (much_made, much_verified) = peaks[given.lines // 100], peaks[given.lines]
    opened, size = unpacked(given, place)
    digest = Command(["openssl", "dgst", "-sha256", *opened])
    [hashed] = once(digest)
    # Constant: what grows with the records would be a hundred times as much.
    table.add(f"evidence make, {given.lines:,} records ({megabytes(size)})", f"peak of {given.lines // 100:,} + 8 MB", made,
              much_made <= few_made + 8e6, much_made, ("openssl", hashed), alone=True)
    print(f"verify, peak of {given.lines // 100:,} records {megabytes(few_verified)}, of {given.lines:,} {megabytes(much_verified)}")
    verified(given, table, place, f"evidence verify, {given.lines:,} records")
    # The same work as openssl's: neither unpacks.
    verified(given, table, place, f"evidence verify, unpacked, {given.lines:,} records", is_unpacked=True)


def once(command):
    return [Series([command.run()])]


def opened_folder(given, place):
    return given.folder / f"{place.folder.name}-opened"


def unpacked(given, place):
    """The files of the newest bundle of a workspace, and their size."""
    opened = opened_folder(given, place)
    if not opened.exists():
        with zipfile.ZipFile(place.bundles()[-1]) as archive:
            archive.extractall(opened)
    files = sorted(file for file in opened.rglob("*") if file.is_file())
    return files, sum(file.stat().st_size for file in files)


def verified(given, table, place, what, is_unpacked=False):
    files, size = unpacked(given, place)
    verify = place.command("evidence", "verify", opened_folder(given, place) if is_unpacked else place.bundles()[-1])
    digest = Command(["openssl", "dgst", "-sha256", *files])
    ours, theirs = in_turns(given.repetitions, lambda _: verify, lambda _: digest)
    ratio = ours.median / theirs.median
    table.add(f"{what} ({megabytes(size)})", "≤ 2.5 × openssl", ours, ratio <= 2.5, verify.peak(), ("openssl", theirs), alone=True)


def csv(given, table):
    place = Workspace(given.dsr, given.folder / "csv", NEWSLETTER)
    email = "anna.person@example.org"
    file = place.folder / "customers.csv"
    for quoted, what in ((False, "no quotes"), (True, "six quotes a row")):
        customers_file(file, given.csv_size * 1_000_000, email, quoted)
        find = place.find(email)
        search = Command(["rg", "-iF", email, file])
        ours, theirs = in_turns(max(2, given.repetitions // 2), lambda _: find, lambda _: search)
        ratio = ours.median / theirs.median
        peak = find.peak()
        table.add(f"find, CSV of {megabytes(file.stat().st_size)}, {what}", "≤ 3 × `rg -iF`, ≤ 40 MB", ours, ratio <= 3 and peak <= 40e6, peak,
                  ("rg", theirs), alone=True)
    file.unlink()


def files(given, table):
    """A share of text documents, beside a search of the same folder for the same letters."""
    place = Workspace(given.dsr, given.folder / "files", SHARE)
    email = "anna.person@example.org"
    share = place.folder / "share"
    count = share_folder(share, given.csv_size * 1_000_000 // 2, email)
    size = sum(file.stat().st_size for file in share.rglob("*.txt"))
    find = place.find(email)
    search = Command(["rg", "-iF", "--count", email, share])
    ours, theirs = in_turns(max(2, given.repetitions // 2), lambda _: find, lambda _: search)
    ratio = ours.median / theirs.median
    peak = find.peak()
    table.add(f"find, {count:,} documents, {megabytes(size)}", "≤ 5 × `rg -iF`, ≤ 60 MB", ours, ratio <= 5 and peak <= 60e6, peak,
              ("rg", theirs), alone=True)


def export(given, table):
    """One person's events in a SQLite file, as a package; beside a dump of the same rows by hand, as JSON and as CSV."""
    place = Workspace(given.dsr, given.folder / "export", EVENTS)
    file = place.folder / "events.db"
    email = "anna.person@example.org"
    events_file(file, given.rows, email)
    packages = given.folder / "packages"
    packages.mkdir()
    counter = iter(range(10_000))
    make = lambda *more: place.command("export", "--email", email, "--format", "json", "--to", packages / str(next(counter)), *more)
    rows = f"SELECT * FROM events WHERE email = '{email}';"
    dump = ["sh", "-c", f"sqlite3 -json '{file}' \"{rows}\" > '{packages}/dump.json' && sqlite3 -csv '{file}' \"{rows}\" > '{packages}/dump.csv'"]
    turns = max(1, min(3, given.repetitions // 4))
    folder, sealed, theirs = in_turns(turns, lambda _: make("--folder"), lambda _: make(), lambda _: Command(dump))
    for ours, what, more in ((folder, "folder", ["--folder"]), (sealed, "AES-256 zip", [])):
        peak = make(*more).peak()
        table.add(f"export, {given.rows:,} records, {what}", "≤ 80 MB", ours, peak <= 80e6, peak, ("`sqlite3` -json, -csv", theirs), alone=True)


def sweep_postgres(given, table):
    sweeps.on_postgres(given, table, there(given, "postgresql"))


def sweep_mariadb(given, table):
    sweeps.on_mariadb(given, table, there(given, "mariadb"))


def sweep_sqlite(given, table):
    sweeps.on_sqlite(given, table)


def sweep_csv(given, table):
    sweeps.on_csv(given, table)


# Not among the usual ones: they take half an hour and 6 GB.
SWEEPS = {"sweep-postgres": sweep_postgres, "sweep-mariadb": sweep_mariadb, "sweep-sqlite": sweep_sqlite, "sweep-csv": sweep_csv}
FIGURES = {
    "start": start, "far": far, "shop": shop, "tls": tls, "mariadb": mariadb, "subjects": subjects, "large": large, "evidence": evidence, "csv": csv, "files": files,
    "export": export, **SWEEPS,
}

if __name__ == "__main__":
    main()
