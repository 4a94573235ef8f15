"""OpenAPI 3.0, 3.1 and Swagger 2.0: whether a request and its reply are what a specification describes."""

import json
import re
import urllib.parse

from finding import Finding, named
from schema import Schemas, coerce, listed_types

# Headers that belong to every request and that specifications describe elsewhere, if at all.
OURS = ("accept", "authorization", "content-type")


class OpenApi:
    def __init__(self, document, under, only=None):
        self.document, self.only = document, only or {}
        self.version = str(document.get("openapi") or document.get("swagger"))
        if under is None:
            servers = document.get("servers") or [{"url": document.get("basePath", "")}]
            under = urllib.parse.urlsplit(servers[0]["url"]).path
        self.under = under.rstrip("/")
        self.schemas = Schemas(self._resolve)
        self.paths = []
        for template, item in document["paths"].items():
            template = template.split("?")[0]
            pattern = re.sub(r"\\\{[^/]+?\\\}", "([^/]+)", re.escape(template))
            literal = len(re.sub(r"\{[^/]+?\}", "", template))
            self.paths.append((literal, re.compile(pattern + "$"), template, self._resolve(item)))
        # The most literal path wins, as the specification demands.
        self.paths.sort(key=lambda entry: -entry[0])

    def covers(self, exchange):
        """0: the path is not described; 1: the path is, the method is not; 2: both are."""
        found = self._find(exchange)
        return 0 if found is None else 2 if exchange["method"].lower() in found[1] else 1

    def template(self, exchange):
        found = self._find(exchange)
        return None if found is None else self.under + found[0]

    def _find(self, exchange):
        path = urllib.parse.urlsplit(exchange["url"]).path
        if not path.startswith(self.under):
            return None
        rest, first, method = path[len(self.under) :], None, exchange["method"].lower()
        for _, pattern, template, item in self.paths:
            match = pattern.match(rest)
            if match and self._used(template, match.groups()):
                found = (template, item, match.groups())
                if method in item:
                    return found
                first = first or found
        return first

    def _used(self, template, values):
        """Whether the path's parameters have values that this specification is used for."""
        names = re.findall(r"\{([^/]+?)\}", template)
        return all(value in self.only[name] for name, value in zip(names, values) if name in self.only)

    def _target(self, reference):
        if not reference.startswith("#/"):
            return None
        target = self.document
        for part in reference[2:].split("/"):
            part = urllib.parse.unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(target, list) and part.isdigit() and int(part) < len(target):
                target = target[int(part)]
            elif isinstance(target, dict) and part in target:
                target = target[part]
            else:
                return None
        return target

    def _resolve(self, node):
        """What a reference leads to; one that leads nowhere says nothing."""
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            node = self._target(node["$ref"]) or {}
        return node

    def check(self, exchange):
        template, item, values = self._find(exchange)
        at = f"{exchange['method']} {self.under}{template}"
        operation = item.get(exchange["method"].lower())
        if operation is None:
            yield Finding(at, "method", "undeclared", f"{exchange['method']} is not declared")
            return
        for where, is_, says in self._exchange(exchange, template, item, values, operation):
            yield Finding(at, where, is_, says)

    def _exchange(self, exchange, template, item, values, operation):
        parameters = {}
        for raw in (item.get("parameters") or []) + (operation.get("parameters") or []):
            parameter = self._resolve(raw)
            if "name" in parameter:
                parameters[(parameter["in"], parameter["name"])] = parameter
        for name, value in zip(re.findall(r"\{([^/]+?)\}", template), values):
            parameter = parameters.get(("path", name))
            yield from self._parameter(parameter, f"path {{{name}}}", [urllib.parse.unquote(value)])
        yield from self._query(parameters, urllib.parse.urlsplit(exchange["url"]).query)
        sent = {name.lower() for name in exchange["headers"]}
        for (place, name), parameter in parameters.items():
            if place == "header" and parameter.get("required") and name.lower() not in sent and name.lower() not in OURS:
                yield f"header {name}", "missing", f"required header {name} is not sent"
        yield from self._body(operation, parameters, exchange)
        yield from self._reply(operation, exchange)

    def _query(self, parameters, query):
        given = {}
        for name, value in urllib.parse.parse_qsl(query, keep_blank_values=True):
            given.setdefault(name, []).append(value)
        deep = {}
        for name, values in given.items():
            parameter = parameters.get(("query", name)) or parameters.get(("query", name.removesuffix("[]")))
            if parameter is None and "[" in name:
                # deepObject: the whole is named, its members stand in brackets.
                base = parameters.get(("query", name.split("[")[0]))
                kinds = listed_types(self._resolve((base or {}).get("schema") or {}))
                if base is not None and (not kinds or "object" in kinds):
                    deep.setdefault(name.split("[")[0], []).extend((name, value) for value in values)
                    continue
            if parameter is None:
                security = self.document.get("components", {}).get("securitySchemes", {}).values()
                if not any(s.get("in") == "query" and s.get("name") == name for s in security):
                    yield f"query {name}", "undeclared", f"query parameter {name} is not declared"
                continue
            yield from self._parameter(parameter, f"query {name}", values)
        for name, pairs in deep.items():
            schema = parameters[("query", name)].get("schema")
            if schema is not None:
                yield from self.schemas.check(schema, nested(pairs).get(name), f"query {name}", reading=False, text=True)
        for (place, name), parameter in parameters.items():
            bracketed = any(n.split("[")[0] == name for n in given)
            if place == "query" and parameter.get("required") and name not in given and not bracketed:
                yield f"query {name}", "missing", f"required query parameter {name} is not sent"

    def _parameter(self, parameter, place, values):
        if parameter is None:
            return
        schema = parameter.get("schema")
        if schema is None and "content" in parameter:
            schema = next(iter(parameter["content"].values())).get("schema")
        if schema is None and self.version.startswith("2"):
            schema = {k: parameter[k] for k in ("type", "enum", "pattern", "items", "maximum", "minimum") if k in parameter}
        if schema is None:
            return
        resolved = self._resolve(schema)
        kinds = listed_types(resolved)
        if "array" in kinds:
            split = values if len(values) > 1 else values[0].split(",")
            inner = listed_types(self._resolve(resolved.get("items", {})))
            value = [coerce(v, inner) for v in split]
        elif "object" in kinds or not kinds and "properties" in resolved:
            try:
                value = json.loads(values[0])
            except ValueError:
                value = values[0]
        else:
            value = values[0]
        yield from self.schemas.check(schema, value, place, reading=False, text=True)

    def _body(self, operation, parameters, exchange):
        body = exchange.get("body")
        sent = next((v for k, v in exchange["headers"].items() if k.lower() == "content-type"), "")
        sent = sent.split(";")[0].strip().lower()
        if self.version.startswith("2"):
            yield from self._body_of_swagger(parameters, sent, body)
            return
        stated = self._resolve(operation.get("requestBody"))
        if not body:
            if stated and stated.get("required"):
                yield "body", "missing", "the required body is not sent"
            return
        if not stated:
            yield "body", "undeclared", "a body is sent where none is declared"
            return
        kinds = {kind.split(";")[0].strip().lower(): media for kind, media in stated["content"].items()}
        media = kinds.get(sent) or kinds.get("*/*") or next(
            (m for k, m in kinds.items() if k.endswith("+json") and sent == "application/json"), None
        )
        if media is None:
            yield "header content-type", "value", f"{sent} is not declared, but {', '.join(sorted(kinds))}"
            return
        if sent == "application/x-www-form-urlencoded":
            form = nested(urllib.parse.parse_qsl(body, keep_blank_values=True))
            yield from self.schemas.check(media.get("schema"), form, "body", reading=False, text=True)
        elif "json" in sent:
            yield from self.schemas.check(media.get("schema"), json.loads(body), "body", reading=False)

    def _body_of_swagger(self, parameters, sent, body):
        schema = next((p.get("schema") for (place, _), p in parameters.items() if place == "body"), None)
        fields = {name: p for (place, name), p in parameters.items() if place in ("formData", "query")}
        if not body:
            for name, field in fields.items():
                if field["in"] == "formData" and field.get("required"):
                    yield named("body", name), "missing", f"{name} is required and missing"
            return
        if schema is None:
            # A form whose fields may as well come as JSON.
            schema = {"type": "object", "properties": fields, "additionalProperties": False}
            schema["required"] = [name for name, field in fields.items() if field["in"] == "formData" and field.get("required")]
            schema["properties"] = {n: {k: f[k] for k in ("type", "enum", "items") if k in f} for n, f in fields.items()}
        form = "json" not in sent
        value = nested(urllib.parse.parse_qsl(body, keep_blank_values=True)) if form else json.loads(body)
        yield from self.schemas.check(schema, value, "body", reading=False, text=form)

    def _reply(self, operation, exchange):
        status = exchange["status"]
        if status is None or status == 429 or status >= 500:
            return  # a lost reply, throttling: part of every interface
        responses = {str(k).upper(): self._resolve(v) for k, v in operation["responses"].items()}
        names = (str(status), f"{str(status)[0]}XX", "DEFAULT")
        stated = next((responses[name] for name in names if name in responses), None)
        if stated is None:
            if status < 400:
                yield f"status {status}", "undeclared", f"it is not declared, but {', '.join(sorted(responses))}"
            return
        if status >= 400:
            return  # the connector decides by status and stated conditions; error bodies are rarely described
        if self.version.startswith("2"):
            schema = stated.get("schema")
        else:
            content = stated.get("content") or {}
            # Where a system speaks several notations of JSON, the plain one is what connectors ask for.
            plain = [k for k in content if k.split(";")[0].strip() == "application/json"]
            chosen = next(iter(plain + [k for k in content if "json" in k]), None)
            schema = content[chosen].get("schema") if chosen else None
        reply = exchange.get("reply")
        if schema is not None and reply:
            try:
                value = json.loads(reply)
            except ValueError:
                yield "reply", "bytes for json", "the reply is declared as JSON and is none"
                return
            yield from self.schemas.check(schema, value, "reply", reading=True)


def nested(pairs):
    """Fields of a form, `a[b][]=1`, as the value they mean."""
    whole = {}
    for name, value in pairs:
        words = re.findall(r"[^\[\]]+|\[\]", name)
        place = whole
        for word, following in zip(words, words[1:] + [None]):
            last = following is None
            if word == "[]" or isinstance(place, list):
                place.append(value if last else {})
                place = place[-1]
            elif last:
                place[word] = value
            else:
                # `a[0]` and `a[]` are lists.
                place = place.setdefault(word, [] if following == "[]" or following.isdigit() else {})
            if not isinstance(place, (dict, list)):
                break
    return whole
