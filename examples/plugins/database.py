#!/usr/bin/env python3
"""Any database with a driver after PEP 249 (DB-API 2.0): its tables, found by e-mail address, read, removed, corrected.

Tried with sqlite3. For another database change connect() alone; README.md has the lines for Oracle and SQL Server. A driver opens
its own connection, so the inventory says `network: own`.

Settings: database (sqlite3: the file). What TABLES says is all that this program can do.
"""

import os
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dsr_plugin import Blocked, Busy, Failed, Plugin  # noqa: E402

# Names come from here and from nowhere else: values travel as parameters, names cannot.
TABLES = {
    "customers": {"key": ["id"], "columns": ["id", "email", "name"], "find": {"email": "email"}, "under": {}},
    "tickets": {"key": ["id"], "columns": ["id", "customer_id", "subject"], "find": {}, "under": {"customers": "customer_id"}},
}


def connect(settings, secrets):
    connection = sqlite3.connect("file:" + settings["database"] + "?mode=rw", uri=True, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    return connection


class Database(Plugin):
    NAME = "database-example"
    OBJECTS = {
        name: {"key": table["key"], "fields": table["columns"], "find": list(table["find"]), "under": list(table["under"]),
               "actions": ["remove", "rectify"]}
        for name, table in TABLES.items()
    }

    def start(self, settings, secrets):
        self.settings, self.secrets, self.connection = settings, secrets, None

    def rows(self, obj, where, values):
        columns = TABLES[obj]["columns"]
        cursor = self.cursor()
        cursor.execute("SELECT {} FROM {} WHERE {}".format(", ".join(columns), obj, where), values)
        for row in cursor:
            # Numbers and dates as the database writes them.
            yield {name: None if value is None else str(value) for name, value in zip(columns, row)}

    def cursor(self):
        try:
            if self.connection is None:
                self.connection = connect(self.settings, self.secrets)
            return self.connection.cursor()
        except sqlite3.OperationalError:
            raise Busy()

    def check(self):
        list(self.rows("customers", "1 = 0", ()))

    def find(self, obj, by, value):
        return self.rows(obj, "lower({}) = lower(?)".format(TABLES[obj]["find"][by]), (value,))

    def below(self, obj, under, parent, on):
        return self.rows(obj, "{} = ?".format(TABLES[obj]["under"][under]), (parent[0],))

    def named(self, obj):
        return " AND ".join("{} = ?".format(part) for part in TABLES[obj]["key"])

    def read(self, obj, key):
        found = list(self.rows(obj, self.named(obj), key))
        if len(found) > 1:
            raise Failed()
        return found[0] if found else None

    def act(self, obj, action, key, record, changes, sets):
        cursor = self.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE")
            now = self.read(obj, key)
            if now != record:
                cursor.execute("ROLLBACK")
                return "already_gone" if now is None else "changed"
            if action == "remove":
                cursor.execute("DELETE FROM {} WHERE {}".format(obj, self.named(obj)), key)
            else:
                # Only columns that stand in TABLES can be among them: dsr was told no others.
                wanted = {name: value for name, value in changes.items() if name in TABLES[obj]["columns"]}
                assigned = ", ".join("{} = ?".format(name) for name in wanted)
                cursor.execute("UPDATE {} SET {} WHERE {}".format(obj, assigned, self.named(obj)), list(wanted.values()) + key)
            if cursor.rowcount != 1:
                cursor.execute("ROLLBACK")
                return "changed"
            cursor.execute("COMMIT")
        except sqlite3.IntegrityError:
            cursor.execute("ROLLBACK")
            raise Blocked()
        except sqlite3.OperationalError:
            raise Busy()
        return "removed" if action == "remove" else "rectified"


if __name__ == "__main__":
    Database().run()
