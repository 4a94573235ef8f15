"""The protocol of dsr plugins, for Python 3.8 and later; the standard library is enough.

A plugin subclasses Plugin, says in OBJECTS what it offers, and answers find, read and act; one that signs the requests of a
connector file subclasses Signer and answers sign. run() does the rest:
one JSON object a line from standard input, one or more to standard output, which belongs to the protocol alone.
"""

import base64
import json
import sys


class Blocked(Exception):
    """The system keeps the record for a reason of its own; nothing was done."""


class Busy(Exception):
    """The system cannot now; the same question may be asked again. Nothing was done."""


class Failed(Exception):
    """Nothing was done, and asking again would not help."""


class Lines:
    """What every plugin does: answers one question a line."""

    NAME = "plugin"
    VERSION = "1.0.0"
    _id = 0

    def _say(self, word, value):
        sys.stdout.write(json.dumps({"id": self._id, word: value}) + "\n")
        sys.stdout.flush()

    def progress(self, text):
        self._say("progress", {"text": text})

    def run(self):
        for line in iter(sys.stdin.readline, ""):
            asked = json.loads(line)
            self._id = asked["id"]
            try:
                self._say("done", self._answer(asked))
            except Blocked:
                self._say("error", {"is": "blocked"})
            except Busy:
                self._say("error", {"is": "retry"})
            except Failed:
                self._say("error", {"is": "failed"})


class Signer(Lines):
    """Signs the requests of a connector file: `api: { auth: { plugin: … } }`."""

    def start(self, settings, secrets):
        """settings: texts by name. secrets: values by name. Both are those that the connector lists."""

    def sign(self, method, url, headers, sha256, at, body):
        """Returns the headers and the parameters to put on a request, as two dicts of texts.

        headers: those that it has, names in small letters. sha256: of its body, in hexadecimal. at: the time, 2026-01-31T08:15:00Z.
        body: bytes if the connector says `body: true`, else None.
        """
        raise Failed()

    def _answer(self, asked):
        if asked["do"] == "hello":
            self.start(asked["settings"], asked["secret_values"])
            return {"name": self.NAME, "version": self.VERSION, "protocol": 1, "signs": True}
        if asked["do"] == "sign":
            request = asked["request"]
            body = base64.b64decode(request["body"]) if "body" in request else None
            headers, query = self.sign(request["method"], request["url"], request["headers"], request["sha256"], request["at"], body)
            return {"headers": headers, "query": query}
        raise Failed()


class Plugin(Lines):
    # {"customers": {"key": ["no"], "fields": ["mail"], "find": ["email"], "under": [], "actions": ["remove"]}}
    OBJECTS = {}

    def start(self, settings, secrets):
        """settings: texts by name. secrets: values by name with `network: own`, else empty."""

    def check(self):
        """Raises if the system does not answer or does not let us in. Asks the cheapest thing there is."""

    def find(self, obj, by, value):
        """Yields every record of which `value` may be an identity of the kind `by`. dsr looks whether it is."""
        raise Failed()

    def below(self, obj, under, parent, on):
        """Yields every record below the record of `under` with the key `parent`; `on` has the fields that must be equal."""
        raise Failed()

    def read(self, obj, key):
        """The record of this key, or None if there is none."""
        raise Failed()

    def act(self, obj, action, key, record, changes, sets):
        """Carries out one action on one record and returns what became of it: removed, anonymised, rectified, restricted,
        unrestricted, already_gone, changed, blocked, running or unknown. `record` is as dsr has just read it."""
        raise Failed()

    def http(self, method, url, **asked):
        """Has dsr send a request: headers, text or json, basic={"user": …, "secret": NAME}, read_only=True for a POST that reads.

        Returns status, headers and text of the reply. A secret is written {{secret:NAME}}, in markup {{secret:NAME|xml}}.
        """
        self._requests += 1
        self._say("http", dict(asked, n=self._requests, method=method, url=url))
        reply = json.loads(sys.stdin.readline())["reply"]
        return reply["status"], reply["headers"], reply.get("text", "")

    # ---- below this line nobody has to change anything ----

    _requests = 0

    def _answer(self, asked):
        do, obj = asked["do"], asked.get("object")
        if do == "hello":
            self.start(asked["settings"], asked.get("secret_values", {}))
            return {"name": self.NAME, "version": self.VERSION, "protocol": 1, "objects": self.OBJECTS}
        if do == "check":
            self.check()
            return {}
        if do == "find":
            if "under" in asked:
                records = self.below(obj, asked["under"], asked["parent"], asked["on"])
            else:
                records = self.find(obj, asked["by"], asked["value"])
            for record in records:
                self._say("record", record)
            return {"complete": True}
        if do == "read":
            record = self.read(obj, asked["key"])
            if record is not None:
                self._say("record", record)
            return {"complete": True}
        if do == "act":
            became = self.act(obj, asked["action"], asked["key"], asked["record"], asked["changes"], asked["sets"])
            self._say("outcome", {"key": asked["key"], "is": became})
            return {}
        raise Failed()
