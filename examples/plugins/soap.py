#!/usr/bin/env python3
"""A SOAP service with customers and their letters. Requests leave through dsr: this program opens no connection and has no password.

Settings: url (the service), user; secret: password.
"""

import os
import sys
from xml.etree import ElementTree
from xml.sax.saxutils import escape

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dsr_plugin import Blocked, Busy, Failed, Plugin  # noqa: E402

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><Login><User>{user}</User>'
    "<Password>{{{{secret:password|xml}}}}</Password></Login></s:Header><s:Body><{call}>{parts}</{call}></s:Body></s:Envelope>"
)
NAMES = {"customers": "Customer", "letters": "Letter"}


class Soap(Plugin):
    NAME = "soap-example"
    OBJECTS = {
        "customers": {"key": ["no"], "fields": ["no", "mail", "name", "locked"], "find": ["email"], "under": [],
                      "actions": ["remove", "rectify", "restrict", "unrestrict"]},
        "letters": {"key": ["id"], "fields": ["id", "customer", "text"], "find": [], "under": ["customers"], "actions": ["remove"]},
    }

    def start(self, settings, secrets):
        self.url, self.user = settings["url"], settings["user"]

    def call(self, name, parts, reads):
        body = "".join("<{0}>{1}</{0}>".format(part, escape(value)) for part, value in parts.items())
        envelope = ENVELOPE.format(user=escape(self.user), call=name, parts=body)
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"urn:example:' + name + '"'}
        status, _, text = self.http("POST", self.url, read_only=reads, headers=headers, text=envelope)
        if status in (502, 503, 504):
            raise Busy()
        try:
            answer = ElementTree.fromstring(text).find(SOAP + "Body")[0]
        except (ElementTree.ParseError, TypeError, IndexError):
            raise Failed()
        if answer.tag == SOAP + "Fault":
            raise Blocked() if answer.findtext("faultcode") == "InUse" else Failed()
        if answer.tag != name + "Reply":
            raise Failed()
        return answer

    def records(self, answer, obj):
        # A reply without its list is no empty list.
        listed = answer.find("List")
        if listed is None:
            raise Failed()
        return [{part.tag: part.text or "" for part in record} for record in listed.findall(NAMES[obj])]

    def check(self):
        self.call("Ping", {}, True)

    def find(self, obj, by, value):
        return self.records(self.call("FindCustomers", {"Mail": value}, True), obj)

    def below(self, obj, under, parent, on):
        return self.records(self.call("ListLetters", {"Customer": parent[0]}, True), obj)

    def read(self, obj, key):
        found = self.records(self.call("Get" + NAMES[obj], {"Key": key[0]}, True), obj)
        return found[0] if found else None

    def act(self, obj, action, key, record, changes, sets):
        if action == "remove":
            answer = self.call("Delete" + NAMES[obj], {"Key": key[0]}, False)
            return "removed" if answer.findtext("Deleted") == "1" else "already_gone"
        wanted = sets if action in ("restrict", "unrestrict") else changes
        self.call("Change" + NAMES[obj], dict({"Key": key[0]}, **{name: value or "" for name, value in wanted.items()}), False)
        return {"rectify": "rectified", "restrict": "restricted", "unrestrict": "unrestricted"}[action]


if __name__ == "__main__":
    Soap().run()
