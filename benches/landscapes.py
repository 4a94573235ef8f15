"""Workspaces and systems for `scripts/bench`, with invented people at example.org."""

import os
import pathlib
import sqlite3
import subprocess
import urllib.parse

from measuring import Command

CONTROLLER = """dsr: 1
controller: { name: Bench GmbH, seat: DE-BE, language: en }
requests: { identity: required, reason: optional }
approval: none
limits: { people: 50, records: 100000000 }
systems:
"""

PEOPLE = """dsr: 1
connector: people
version: 1.0.0
settings: { url: { type: url } }
api:
  url: "{{ settings.url }}"
  auth: none
  records: "$.items[*]"
  page: { number: query.page, start: 1, size: query.per_page, of: 2 }
objects:
  people:
    find: [{ by: email, get: /people, query: { email: "{{ value }}" } }]
    fields:
      email: { category: contact.email, identity: email }
      name: person.name
      note: content.note
    remove: { delete: "/people/{{ record.id }}" }
"""

SHOP = """  shop:
    engine: postgres
    settings: { url: { secret: "env:BENCH_DATABASE" }TLS }
    control: { email: control@example.org }
    objects:
      customers:
        table: public.customers
        key: id
        find: [{ by: email, column: email }]
        fields:
          email: { category: contact.email, identity: email }
          first_name: person.name
          last_name: person.name
          phone: contact.phone
        erase: anonymise
      orders:
        table: public.orders
        key: id
        find: [{ under: customers, column: customer_id }]
        fields: { shipping_address: contact.address, note: content.note }
        erase: anonymise
      payments:
        table: public.payments
        key: id
        find: [{ under: orders, column: order_id }]
        fields: { iban: finance.bank }
        erase: remove
      tickets:
        table: public.tickets
        key: id
        cap: 20000
        find: [{ by: email, column: email }]
        fields: { email: { category: contact.email, identity: email }, subject: content.message, body: content.message }
        erase: remove
"""

EVENTS = """  shop:
    engine: sqlite
    settings: { path: events.db }
    timeouts: { request: 10m }
    objects:
      events:
        table: events
        key: id
        cap: 100000000
        find: [{ by: email, column: email }]
        fields:
          email: { category: contact.email, identity: email }
          at: content.note
          page: order.item
          agent: device.id
"""

# What a case of very many records was erased from; nothing calls it any more.
ORDERS = """  shop:
    engine: sqlite
    settings: { path: orders.db }
    objects:
      orders:
        table: orders
        key: id
        cap: 100000000
        find: [{ by: email, column: email }]
        fields:
          email: { category: contact.email, identity: email }
          note: content.note
        erase: remove
"""

# White space before or behind an address, as `dsr check` prints it for the index that finds such rows.
_BLANK = r"[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028-\u2029\u202f\u205f\u3000]"
BLANKS = f"^{_BLANK}|{_BLANK}$"

TABLES = """
CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL, first_name text, last_name text, phone text);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, shipping_address text, note text, total numeric);
CREATE TABLE payments (id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders, iban text, amount numeric);
CREATE TABLE tickets (id int PRIMARY KEY, email text NOT NULL, subject text, body text);
INSERT INTO customers SELECT i, 'person' || i || '@example.org', 'First' || i, 'Last' || i, '+49301' || (1000000 + i)
  FROM generate_series(1, 10000) i;
INSERT INTO orders SELECT i, (i + 1) / 2, 'Street ' || i || ', Town', 'ring twice', 19.90 FROM generate_series(1, 20000) i;
INSERT INTO payments SELECT i, i, 'DE00 0000 0000 ' || i, 19.90 FROM generate_series(1, 20000) i;
INSERT INTO tickets SELECT i, 'person' || i || '@example.org', 'Parcel ' || i, 'Where is my parcel?' FROM generate_series(1, 10000) i;
INSERT INTO customers VALUES (10001, 'control@example.org', 'Control', 'Control', '+493012345');
INSERT INTO orders VALUES (20001, 10001, 'Nowhere', '', 0);
INSERT INTO payments VALUES (20001, 20001, 'none', 0);
INSERT INTO tickets VALUES (10001, 'control@example.org', 'Control', '');
INSERT INTO tickets SELECT 100000 + i, 'many@example.org', 'Parcel ' || i, 'Where is my parcel?' FROM generate_series(1, 5000) i;
CREATE INDEX ON customers (lower(email));
CREATE INDEX ON tickets (lower(email));
CREATE INDEX ON customers ((1)) WHERE email::text ~ '%BLANKS%';
CREATE INDEX ON tickets ((1)) WHERE email::text ~ '%BLANKS%';
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON payments (order_id);
ANALYZE;
""".replace("%BLANKS%", BLANKS)

# The same shop for MariaDB, whose letters compare without their case, so that a plain index serves.
TABLES_MARIADB = """
CREATE TABLE customers (id int PRIMARY KEY, email varchar(80) NOT NULL, first_name text, last_name text, phone text, KEY (email));
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers(id), shipping_address text, note text,
  total numeric(10, 2));
CREATE TABLE payments (id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders(id), iban text, amount numeric(10, 2));
CREATE TABLE tickets (id int PRIMARY KEY, email varchar(80) NOT NULL, subject text, body text, KEY (email));
INSERT INTO customers SELECT seq, concat('person', seq, '@example.org'), concat('First', seq), concat('Last', seq),
  concat('+49301', 1000000 + seq) FROM seq_1_to_10000;
INSERT INTO orders SELECT seq, (seq + 1) DIV 2, concat('Street ', seq, ', Town'), 'ring twice', 19.90 FROM seq_1_to_20000;
INSERT INTO payments SELECT seq, seq, concat('DE00 0000 0000 ', seq), 19.90 FROM seq_1_to_20000;
INSERT INTO tickets SELECT seq, concat('person', seq, '@example.org'), concat('Parcel ', seq), 'Where is my parcel?' FROM seq_1_to_10000;
INSERT INTO customers VALUES (10001, 'control@example.org', 'Control', 'Control', '+493012345');
INSERT INTO orders VALUES (20001, 10001, 'Nowhere', '', 0);
INSERT INTO payments VALUES (20001, 20001, 'none', 0);
INSERT INTO tickets VALUES (10001, 'control@example.org', 'Control', '');
ANALYZE TABLE customers, orders, payments, tickets;
"""

LOOK = """
SELECT * FROM customers WHERE lower(email) = '{email}';
SELECT o.* FROM orders o JOIN customers c ON c.id = o.customer_id WHERE lower(c.email) = '{email}';
SELECT p.* FROM payments p JOIN orders o ON o.id = p.order_id JOIN customers c ON c.id = o.customer_id WHERE lower(c.email) = '{email}';
SELECT * FROM tickets WHERE lower(email) = '{email}';
"""

ERASE = """
BEGIN;
DELETE FROM payments WHERE order_id IN (SELECT o.id FROM orders o WHERE o.customer_id = {number});
UPDATE orders SET shipping_address = NULL, note = NULL WHERE customer_id = {number};
UPDATE customers SET email = 'gone{number}@erased.invalid', first_name = NULL, last_name = NULL, phone = NULL WHERE id = {number};
DELETE FROM tickets WHERE lower(email) = '{email}';
COMMIT;
"""


class Workspace:
    """A workspace of its own in a folder, with state kept beside it."""

    def __init__(self, dsr, folder, systems, connectors=(), environment=None):
        self.dsr = dsr
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(mode=0o700)
        self.environment = {"XDG_STATE_HOME": str(self.folder / "state"), "LC_ALL": "C.UTF-8", **(environment or {})}
        self.command("init", "--yes", "--controller", "Bench GmbH", "--seat", "DE-BE").run()
        self.write("dsr.yaml", CONTROLLER + systems)
        for name, text in connectors:
            self.write(f"connectors/{name}.yml", text)
            self.command("trust", f"connectors/{name}.yml", "--yes").run()

    def write(self, name, text):
        file = self.folder / name
        file.write_text(text)
        file.chmod(0o600)

    def command(self, *arguments, codes=(0,)):
        return Command([self.dsr, "-C", self.folder, "--no-progress", *arguments], self.environment, codes)

    def find(self, email, *arguments, codes=(0,)):
        return self.command("find", "--email", email, *arguments, codes=codes)

    def erase(self, email, records):
        return self.command("erase", "--email", email, "--identity", "letter", "--yes", "--expect", records)

    def bundles(self):
        return sorted(self.folder.rglob("*.evidence.zip"), key=lambda file: file.stat().st_mtime)


class Far:
    """Systems behind HTTP, each so many milliseconds away; stopped by `close`."""

    def __init__(self, server, systems, milliseconds):
        self.process = subprocess.Popen([server, str(systems), str(milliseconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ports = [int(line) for line in iter(lambda: self.process.stdout.readline().strip(), "ready")]

    def inventory(self):
        return "".join(
            f'  far{number:03}:\n    connector: people@1\n    settings: {{ url: "http://127.0.0.1:{port}" }}\n'
            for number, port in enumerate(self.ports)
        )

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Shop:
    """The four tables in a database of their own, and the hand-written way to do the same."""

    look_sql, erase_sql = LOOK, ERASE

    def workspace(self, dsr, name, tls=False):
        """Within the machine `dsr` speaks in the clear unless it is told whom to trust."""
        made = Workspace(dsr, self.folder / name, self.systems(tls), environment={"BENCH_DATABASE": self.url})
        made.write("ca.pem", pathlib.Path(self.ca).read_text())
        return made

    def look(self, number, tls=False):
        return self.by_hand("look", self.looking([number]), tls)

    def erase(self, number, tls=False):
        return self.by_hand("erase", self.erasing([number]), tls)

    def looking(self, numbers):
        """The statements that read what there is about these people."""
        return "".join(self.look_sql.format(email=address(number)) for number in numbers)

    def erasing(self, numbers):
        """Looks, writes and looks again, for one person after the other."""
        each = lambda number: self.erase_sql.format(number=number, email=address(number))
        return "".join(self.looking([number]) + each(number) + self.looking([number]) for number in numbers)

    def file(self, name, text):
        file = self.folder / f"{self.name}-{name}.sql"
        file.write_text(text)
        return file


class Postgres(Shop):
    name = "postgres"

    def __init__(self, url, ca, folder):
        self.folder = pathlib.Path(folder)
        self.ca = ca
        # Debian's own `psql` is a script around this one, and would be measured with it.
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"), key=lambda path: int(path.parts[-3]))
        self.program = found[-1] if found else "psql"
        owner = url.replace("127.0.0.1", "localhost")
        subprocess.run([self.program, "-Xq", owner, "-c", "CREATE DATABASE bench"], check=True)
        self.url = owner.rsplit("/", 1)[0] + "/bench"
        subprocess.run([self.program, "-Xq", "-v", "ON_ERROR_STOP=1", self.url], input=TABLES, text=True, check=True)

    def systems(self, tls):
        return SHOP.replace("TLS", ', ca_file: "ca.pem"' if tls else "")

    def by_hand(self, name, sql, tls=False):
        """One `psql` process over the same kind of line as `dsr` has."""
        environment = {"PGSSLMODE": "verify-full" if tls else "disable", "PGSSLROOTCERT": self.ca}
        return Command([self.program, "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", self.file(name, sql), self.url], environment)


class Mariadb(Shop):
    name = "mariadb"
    look_sql, erase_sql = LOOK.replace("lower(c.email)", "c.email").replace("lower(email)", "email"), ERASE.replace("lower(email)", "email")

    def __init__(self, url, ca, folder):
        self.folder = pathlib.Path(folder)
        self.ca = ca
        at = urllib.parse.urlsplit(url)
        self.options = self.folder / "mariadb.cnf"
        self.options.write_text(f"[client]\nuser={at.username}\npassword={at.password}\nhost={at.hostname}\nport={at.port}\nprotocol=tcp\n")
        self.options.chmod(0o600)
        self.url = url.rsplit("/", 1)[0] + "/bench"
        client = ["mariadb", f"--defaults-file={self.options}", "--skip-ssl"]
        subprocess.run([*client, "-e", "CREATE DATABASE bench CHARACTER SET utf8mb4"], check=True)
        subprocess.run([*client, "bench"], input=TABLES_MARIADB, text=True, check=True, stdout=subprocess.DEVNULL)

    def systems(self, _tls):
        return SHOP.replace("engine: postgres", "engine: mysql").replace("TLS", "").replace("public.", "")

    def by_hand(self, name, sql, _tls=False):
        client = ["mariadb", f"--defaults-file={self.options}", "--skip-ssl", "-N", "-B", "bench"]
        return Command(client, stdin=self.file(name, sql))


def address(number):
    return f"person{number}@example.org"


def people_file(path, numbers):
    """A file for `--subjects`: one customer a line."""
    path.write_text("email\n" + "".join(address(number) + "\n" for number in numbers))
    path.chmod(0o600)
    return path


def customers_file(path, size, email, quoted):
    """A CSV file of about this many bytes; the address stands once, three quarters in, and once as part of another one."""
    note, name = ('"said ""yes"" by letter"', '"Last{0}, First{0}"') if quoted else ("said yes by letter", "Last{0} First{0}")
    rows = "".join(
        f"{number};{name.format(number)};first{number}.last@example.com;Street {number};{note};2024-03-{number % 28 + 1:02}\n"
        for number in range(100_000, 120_000)
    ).encode()
    blocks = max(4, size // len(rows))
    with open(path, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(b"No;Name;Mail;Street;Note;Day\n")
        for block in range(blocks):
            file.write(rows)
            if block == blocks * 3 // 4:
                file.write(f"7;Person;{email.title()};Street 7;;2024-03-07\n8;Other;jo{email};Street 8;;2024-03-08\n".encode())


NEWSLETTER = """  newsletter:
    engine: csv
    settings: { path: "customers.csv", delimiter: ";" }
    objects:
      guests:
        find: [{ by: email, column: Mail }]
        fields: { Mail: { category: contact.email, identity: email }, Name: person.name, Street: contact.address }
        erase: remove
"""


SHARE = """  share:
    engine: files
    settings: { path: "share" }
"""


def share_folder(path, size, email):
    """Letters and tables of 100 kB each in folders of a hundred, of about this many bytes; one in fifty names the person once."""
    line = "Dear colleague {0}, please answer letter{0}@example.com until Friday, and call 030 55{0} about order {0} of last month.\n"
    body = "".join(line.format(number) for number in range(100_000, 100_900))
    path.mkdir()
    for number in range(max(50, size // len(body))):
        folder = path / f"{number // 100:03}"
        folder.mkdir(exist_ok=True)
        named = f"Copy to {email.title()}, as always.\n" if number % 50 == 7 else ""
        cut = len(body) * (number % 7) // 7
        (folder / f"letter-{number}.txt").write_text(f"Letter {number}\n{body[:cut]}{named}{body[cut:]}")
    return number + 1


def events_file(path, rows, email):
    """A SQLite table with so many rows of one person, and one in twenty of somebody else."""
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, email TEXT, at TEXT, page TEXT, agent TEXT)")
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    others = rows // 20
    each = ((f"other{n}@example.org" if n % 21 == 20 and n < 21 * others else email, f"2026-01-{1 + n % 28:02}T12:{n % 60:02}:00Z",
             f"/shop/item-{n % 5000}?from=search", agent) for n in range(rows + others))
    base.executemany("INSERT INTO events (email, at, page, agent) VALUES (?, ?, ?, ?)", each)
    base.execute("CREATE INDEX events_email ON events (lower(email))")
    base.commit()
    base.close()
