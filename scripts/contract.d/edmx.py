"""EDMX and CSDL (OData 2 and 4): entity sets, keys, properties and navigation of a service's metadata."""

import json
import re
import urllib.parse
import xml.etree.ElementTree as ElementTree


def local(element):
    return element.tag.rsplit("}", 1)[-1]


class Type:
    def __init__(self, element):
        self.base = element.get("BaseType")
        self.keys, self.properties, self.navigation = [], {}, {}
        self.open = element.get("OpenType") == "true"
        for child in element:
            kind = local(child)
            if kind == "Key":
                self.keys = [ref.get("Name") for ref in child]
            elif kind == "Property":
                self.properties[child.get("Name")] = child
            elif kind == "NavigationProperty":
                self.navigation[child.get("Name")] = child.get("Type") or child.get("ToRole")


class Edmx:
    def __init__(self, path, under):
        self.under = under.rstrip("/")
        self.types, self.sets, self.actions, self.aliases = {}, {}, set(), {}
        for schema in ElementTree.parse(path).iter():
            if local(schema) != "Schema":
                continue
            namespace = schema.get("Namespace")
            if schema.get("Alias"):
                self.aliases[schema.get("Alias")] = namespace
            for element in schema:
                kind = local(element)
                if kind in ("EntityType", "ComplexType"):
                    self.types[f"{namespace}.{element.get('Name')}"] = Type(element)
                elif kind in ("Action", "Function"):
                    self.actions.add(element.get("Name"))
                elif kind == "EntityContainer":
                    for member in element:
                        if local(member) in ("EntitySet", "Singleton"):
                            self.sets[member.get("Name")] = (member.get("EntityType") or member.get("Type"), member)

    def covers(self, path):
        return path.startswith(self.under + "/") or path == self.under

    def _type(self, name):
        name = re.sub(r"^Collection\((.*)\)$", r"\1", name or "")
        head, _, tail = name.rpartition(".")
        return self.types.get(f"{self.aliases.get(head, head)}.{tail}")

    def _all(self, kind, part):
        found = {}
        while kind is not None:
            found = {**getattr(kind, part), **found}
            kind = self._type(kind.base) if kind.base else None
        return found

    def _keys(self, kind):
        while kind is not None:
            if kind.keys:
                return kind.keys
            kind = self._type(kind.base) if kind.base else None
        return []

    def check(self, exchange):
        url = urllib.parse.urlsplit(exchange["url"])
        rest = urllib.parse.unquote(url.path[len(self.under) :]).strip("/")
        if not rest or rest == "$metadata":
            return
        if rest.startswith("$"):
            yield f"{rest} is not checked"
            return
        segments = re.findall(r"[^/()]+(?:\([^)]*\))?", rest)
        name, key = re.match(r"([^(]+)(?:\((.*)\))?$", segments[0]).groups()
        if name not in self.sets:
            yield f"{name} is no entity set"
            return
        kind_name, element = self.sets[name]
        kind = self._type(kind_name)
        if key:
            yield from self._key(kind, name, key)
        remaining = segments[1:]
        if remaining and key is None and remaining[0].split("(")[0] not in self._all(kind, "navigation"):
            remaining = remaining[1:]  # a key as a segment
        for segment in remaining:
            word = segment.split("(")[0]
            navigation = self._all(kind, "navigation") if kind else {}
            if word in navigation:
                kind = self._type(navigation[word])
            elif word.rsplit(".", 1)[-1] in self.actions or word.startswith("$"):
                kind = None
            elif "." in word and self._type(word):
                kind = self._type(word)
            elif kind is not None and word not in self._all(kind, "properties") and kind_is_keyed(word):
                yield f"{word} is no navigation of {name}"
        if kind is None:
            return
        properties = {**self._all(kind, "properties"), **self._all(kind, "navigation")}
        yield from self._options(name, properties, url.query)
        for switch, method in (("deletable", "DELETE"), ("updatable", "PATCH"), ("updatable", "PUT"), ("creatable", "POST")):
            stated = next((v for k, v in element.attrib.items() if k.endswith("}" + switch)), None)
            if exchange["method"] == method and stated == "false" and len(segments) == 1:
                yield f"{name} is not {switch}"
        body = exchange.get("body")
        if body and exchange["method"] in ("PATCH", "PUT", "POST") and len(segments) == 1:
            for member in json.loads(body):
                if not member.startswith("@") and member not in properties and not kind.open:
                    yield f"{member} is no property of {name}"
        yield from self._reply(name, kind, properties, exchange)

    def _key(self, kind, name, key):
        named = re.findall(r"(\w+)=", re.sub(r"'[^']*'", "''", key))
        keys = self._keys(kind)
        if named and sorted(named) != sorted(keys):
            yield f"the key of {name} is {', '.join(keys)}, not {', '.join(named)}"
        elif not named and len(keys) > 1:
            yield f"the key of {name} has {len(keys)} parts"

    def _options(self, name, properties, query):
        for option, text in urllib.parse.parse_qsl(query):
            words = []
            if option == "$filter":
                bare = re.sub(r"'(?:[^']|'')*'", "", text)
                # `tags/any(t:t eq 'x')`: what a lambda calls an item is no property.
                items = re.findall(r"\(\s*(\w+)\s*:", bare)
                bare = re.sub(r"[\w.]+\(\s*\w+\s*:", "(", bare)
                words = re.findall(r"[A-Za-z_][\w/]*", re.sub(r"[\w/.]+\(", "(", bare))
                words = [w for w in words if w not in OPERATORS and w.split("/")[0] not in items]
            elif option in ("$select", "$orderby", "$expand"):
                words = [part.split("(")[0].split(" ")[0] for part in re.sub(r"\([^)]*\)", "", text).split(",")]
            for word in words:
                if word.split("/")[0] not in properties and word != "*":
                    yield f"{option} names {word}, which {name} does not have"

    def _reply(self, name, kind, properties, exchange):
        reply = exchange.get("reply")
        if not reply or exchange["status"] is None or exchange["status"] >= 300 or kind.open:
            return
        try:
            body = json.loads(reply)
        except ValueError:
            return
        body = body.get("d", body) if isinstance(body, dict) else body
        rows = body.get("results", body.get("value", [body])) if isinstance(body, dict) else []
        for row in rows if isinstance(rows, list) else []:
            for member in row if isinstance(row, dict) else []:
                if not member.startswith(("@", "__")) and "@" not in member and member not in properties:
                    yield f"the reply has {member}, which {name} does not have"


OPERATORS = {"eq", "ne", "gt", "ge", "lt", "le", "and", "or", "not", "in", "true", "false", "null", "any", "all", "datetime", "guid"}


def kind_is_keyed(word):
    return not re.fullmatch(r"[0-9a-fA-F-]{8,}|\d+", word)
