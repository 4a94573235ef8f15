"""OData 2 and 4: whether a request and its reply are what the service's metadata describes.

A path is followed segment by segment, so the type of a body and of a reply is known below navigation, casts and actions too.
Open types may have members that metadata does not list; here they may not: what a tenant adds has to be known by name (`differs`),
or a mistyped member would pass for one of these.
"""

import json
import re
import urllib.parse

from csdl import Metadata, annotation, is_many, single
from finding import Finding, items, named
from schema import NAMES

OPTIONS = {"$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count", "$search", "$format", "$inlinecount", "$skiptoken"}
OPERATORS = {"eq", "ne", "gt", "ge", "lt", "le", "and", "or", "not", "in", "true", "false", "null", "datetime", "datetimeoffset", "guid"}
# What `OData-Version` 4 and SAP's services let a client add to any row or body.
ANNOTATIONS = {"odata.type", "odata.id", "odata.etag", "odata.context", "odata.nextLink", "odata.count", "odata.bind", "odata.editLink"}
ANNOTATIONS |= {"odata.deltaLink", "odata.mediaContentType", "odata.mediaEtag", "odata.readLink", "odata.navigationLink"}
ROW = {"uri", "id", "type", "etag", "media_src", "content_type", "edit_media", "media_etag"}
# What every service of SAP takes beside OData's own options.
SAP = {"sap-client", "sap-language", "sap-statistics"}
TEXTS = {"String", "Guid", "Date", "DateTime", "DateTimeOffset", "Time", "TimeOfDay", "Duration", "Binary", "Stream"}
WHOLE, LONG, BROKEN = {"Byte", "SByte", "Int16", "Int32"}, {"Int64"}, {"Decimal", "Double", "Single"}


class Edmx:
    def __init__(self, path, under):
        self.under = under.rstrip("/")
        self.metadata = Metadata(path)

    def covers(self, exchange):
        path = urllib.parse.urlsplit(exchange["url"]).path
        return 2 if path.startswith(self.under + "/") or path == self.under else 0

    def template(self, exchange):
        return self._follow(exchange)[0]

    def check(self, exchange):
        template, current, operation, element, problem = self._follow(exchange)
        at = f"{exchange['method']} {template}"
        if problem:
            yield Finding(at, *problem)
            return
        for where, is_, says in self._exchange(exchange, current, operation, element):
            yield Finding(at, where, is_, says)

    def _follow(self, exchange):
        """The path with its keys left out, the type at its end, the operation that it calls, and what is wrong with it."""
        path = urllib.parse.unquote(urllib.parse.urlsplit(exchange["url"]).path)
        rest, template = path[len(self.under) :].strip("/"), self.under
        current = operation = element = None
        segments = re.findall(r"[^/()]+(?:\([^)]*\))?", rest)
        if rest in ("", "$metadata"):
            return f"{template}/{rest}", None, None, None, None
        for number, segment in enumerate(segments):
            word, _, key = segment.partition("(")
            key = key.removesuffix(")") if "(" in segment else None
            if number == 0:
                if word not in self.metadata.sets:
                    return f"{template}/{word}", None, None, None, ("path", "undeclared", f"{word} is no entity set")
                current, element = self.metadata.sets[word]
                template += f"/{word}"
            elif word in ("$value", "$ref", "$count"):
                current, template = None, f"{template}/{word}"
                continue
            elif self.metadata.operation(segment, current):
                operation = self.metadata.operation(segment, current)
                current, template = operation.returns, f"{template}/{word}"
                continue
            elif self._cast(word, current):
                current, template = self._cast(word, current), f"{template}/{word}"
            elif is_many(current) and "." not in word and key is None:
                current, template = single(current), f"{template}/{{}}"
                continue
            else:
                found = self.metadata.member(self.metadata.kind(current), word) if current and not is_many(current) else None
                template += f"/{word}"
                if found is None:
                    return template, None, None, None, ("path", "undeclared", f"{word} is none of {current}")
                current = found[0]
            if key is not None:
                problem = self._key(current, key)
                current, template = single(current), f"{template}({{}})"
                if problem:
                    return template, None, None, None, ("path", "value", problem)
        return template, current, operation, element if len(segments) == 1 else None, None

    def _cast(self, word, current):
        kind = self.metadata.kind(word) if "." in word else None
        if kind is None or not current or not self.metadata.inherits(kind, single(current)):
            return None
        return f"Collection({kind.name})" if is_many(current) else kind.name

    def _key(self, current, key):
        kind = self.metadata.kind(current)
        pairs = re.findall(r"(\w+)=", re.sub(r"'[^']*'", "''", key))
        keys = self.metadata.keys(kind)
        if pairs and sorted(pairs) != sorted(keys):
            return f"the key is {', '.join(keys)}, not {', '.join(pairs)}"
        if not pairs and len(keys) > 1:
            return f"the key has {len(keys)} parts"
        return None

    def _exchange(self, exchange, current, operation, element):
        method, url = exchange["method"], urllib.parse.urlsplit(exchange["url"])
        kind = self.metadata.kind(current)
        yield from self._options(kind, url.query)
        for switch, methods in (("deletable", ("DELETE",)), ("updatable", ("PATCH", "PUT", "MERGE")), ("creatable", ("POST",))):
            if element is not None and method in methods and annotation(element, switch) == "false":
                yield "method", "refused", f"it is not {switch}"
        yield from self._body(exchange, method, current, operation)
        if method == "POST" and operation is None and current:
            current = single(current)  # what was made comes back, not the whole set
        if exchange.get("reply") and exchange["status"] is not None and exchange["status"] < 300 and current:
            yield from self._reply(current, exchange["reply"])

    def _body(self, exchange, method, current, operation):
        body = exchange.get("body")
        if not body:
            return
        if operation is not None and operation.action:
            value = json.loads(body)
            for name, member in value.items():
                if name not in operation.parameters:
                    yield named("body", name), "undeclared", f"{name} is no parameter"
                else:
                    parameter = operation.parameters[name]
                    yield from self._value(parameter.get("Type"), parameter, member, named("body", name), None)
        elif current and method in ("POST", "PATCH", "PUT", "MERGE"):
            switch = "creatable" if method == "POST" else "updatable"
            yield from self._value(single(current), None, json.loads(body), "body", switch)
        else:
            yield "body", "undeclared", "a body is sent where none is declared"

    def _options(self, kind, query):
        for option, text in urllib.parse.parse_qsl(query, keep_blank_values=True):
            if option not in OPTIONS | SAP:
                yield f"query {option}", "undeclared", f"query parameter {option} is not declared"
            elif kind is not None:
                yield from self._option(kind, option, text)

    def _option(self, kind, option, text):
        words = []
        if option == "$filter":
            bare = re.sub(r"'(?:[^']|'')*'", "", text)
            # `tags/any(t:t eq 'x')`: what a lambda calls an item is no property.
            inner = re.findall(r"\(\s*(\w+)\s*:", bare)
            bare = re.sub(r"(\w+)/(?:any|all)\(\s*\w+\s*:", r"\1 (", bare)
            words = re.findall(r"[A-Za-z_][\w/]*", re.sub(r"\b\w+\(", "(", bare))
            words = [w for w in words if w not in OPERATORS and w.split("/")[0] not in inner]
        elif option in ("$select", "$orderby"):
            words = [part.strip().split(" ")[0] for part in text.split(",")]
        elif option == "$expand":
            for part in re.findall(r"[^,(]+(?:\([^)]*\))?", text):
                name, _, options = part.strip().partition("(")
                words.append(name)
                found = self.metadata.member(kind, name)
                for pair in options.removesuffix(")").split(";") if options and found else []:
                    yield from self._option(self.metadata.kind(found[0]), *pair.split("=", 1))
        for word in words:
            place = kind
            for part in word.split("/") if word != "*" else []:
                found = self.metadata.member(place, part) if place else None
                if found is None:
                    yield f"query {option} {word}", "undeclared", f"{option} names {word}, which {kind.name} does not have"
                    break
                place = self.metadata.kind(found[0])

    def _reply(self, current, text):
        try:
            value = json.loads(text)
        except ValueError:
            yield "reply", "bytes for json", "the reply is no JSON"
            return
        place = "reply"
        if isinstance(value, dict) and set(value) == {"d"}:
            value, place = value["d"], named(place, "d")
        kind = self.metadata.kind(current)
        if is_many(current):
            inner = "results" if isinstance(value, dict) and "results" in value else "value"
            rows = value.get(inner) if isinstance(value, dict) else None
            if not isinstance(rows, list):
                yield named(place, inner), "missing", "a list is declared"
                return
            for name in value:
                if name not in (inner, "__next", "__count") and name.removeprefix("@") not in ANNOTATIONS:
                    yield named(place, name), "undeclared", f"{name} is not declared"
                elif name != inner and isinstance(value[name], (dict, list)):
                    yield named(place, name), f"{NAMES[type(value[name])]} for annotation", "another type than declared"
            for row in rows:
                yield from self._value(single(current), None, row, items(named(place, inner)), None)
        elif kind is None:
            if not isinstance(value, dict) or "value" not in value:
                yield named(place, "value"), "missing", "a value is declared"
            else:
                yield from self._value(current, None, value["value"], named(place, "value"), None)
        else:
            yield from self._value(current, None, value, place, None)

    def _value(self, name, element, value, place, switch):
        """A value of a type; `switch` names the annotation that says whether a property may be written."""
        if value is None:
            if element is not None and element.get("Nullable") == "false":
                yield place, f"null for {name}", "it is not nullable"
            return
        if is_many(name):
            rows = value.get("results") if isinstance(value, dict) else value
            if isinstance(value, dict) and "__deferred" in value:
                return
            if not isinstance(rows, list):
                yield place, f"{NAMES[type(value)]} for list of {single(name)}", "another type than declared"
                return
            for row in rows:
                yield from self._value(single(name), None, row, items(place), switch)
            return
        kind = self.metadata.kind(name)
        if kind is None:
            yield from self._scalar(name, value, place)
            return
        if not isinstance(value, dict):
            yield place, f"{NAMES[type(value)]} for {name}", "another type than declared"
            return
        if "__deferred" in value:
            return
        derived = self.metadata.kind(str(value.get("@odata.type", "")).removeprefix("#"))
        if derived is not None and self.metadata.inherits(derived, kind.name):
            kind = derived
        for member, inner in value.items():
            where = named(place, member)
            if member == "__metadata":
                yield from self._metadata(kind, inner, where)
                continue
            if "@" in member:
                owner, _, word = member.partition("@")
                if word not in ANNOTATIONS or owner and self.metadata.member(kind, owner) is None:
                    yield where, "undeclared", f"{kind.name} has no {member}"
                elif isinstance(inner, dict):
                    yield where, "object for annotation", "another type than declared"
                continue
            found = self.metadata.member(kind, member)
            if found is None:
                yield where, "undeclared", f"{kind.name} has no {member}"
                continue
            if switch and annotation(found[1], switch) == "false":
                yield where, "read-only", f"{member} is not {switch}"
            yield from self._value(found[0], found[1], inner, where, switch)

    def _metadata(self, kind, row, place):
        """What OData 2 says of a row beside its properties: where it is and of which type."""
        if not isinstance(row, dict):
            yield place, f"{NAMES[type(row)]} for object", "another type than declared"
            return
        for word, value in row.items():
            if word not in ROW:
                yield named(place, word), "undeclared", f"{word} is not declared"
            elif not isinstance(value, str):
                yield named(place, word), f"{NAMES[type(value)]} for string", "another type than declared"
            elif word == "type" and not self.metadata.inherits(self.metadata.kind(value), kind.name):
                yield named(place, word), "value", f"{value} is no {kind.name}"

    def _scalar(self, name, value, place):
        words = self.metadata.words.get(self.metadata.full(name))
        if words is not None:
            if value not in words:
                yield place, "value", f"{value!r} is none of {', '.join(sorted(words)[:12])}"
            return
        head, _, kind = name.rpartition(".")
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        right = (
            isinstance(value, str) if kind in TEXTS
            else isinstance(value, bool) if kind == "Boolean"
            else number and value == int(value) if kind in WHOLE
            else number or isinstance(value, str) if kind in LONG | BROKEN
            else True
        )
        if head == "Edm" and not right:
            yield place, f"{NAMES[type(value)]} for {name}", "another type than declared"
