"""OpenAPI 3.0, 3.1 and Swagger 2.0: whether a request and its reply are what a specification describes."""

import json
import re
import urllib.parse

from openapi_schema_validator import (
    OAS30ReadValidator,
    OAS30WriteValidator,
    OAS31Validator,
)
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

# What references start from once a schema is taken out of its document.
ROOT = "urn:specification"


class OpenApi:
    def __init__(self, document, under):
        self.document = document
        self.version = str(document.get("openapi") or document.get("swagger"))
        if under is None:
            servers = document.get("servers") or [{"url": document.get("basePath", "")}]
            under = urllib.parse.urlsplit(servers[0]["url"]).path
        self.under = under.rstrip("/")
        self.paths = []
        for template, item in document["paths"].items():
            template = template.split("?")[0]
            pattern = re.sub(r"\\\{[^/]+?\\\}", "([^/]+)", re.escape(template))
            literal = len(re.sub(r"\{[^/]+?\}", "", template))
            self.paths.append((literal, re.compile(pattern + "$"), template, item))
        # The most literal path wins, as the specification demands.
        self.paths.sort(key=lambda entry: -entry[0])
        resource = Resource(contents=self._rooted(document), specification=DRAFT202012)
        self.registry = Registry().with_resource(ROOT, resource)

    def covers(self, path):
        return self._find(path) is not None

    def _find(self, path):
        if not path.startswith(self.under):
            return None
        rest = path[len(self.under) :]
        for _, pattern, template, item in self.paths:
            match = pattern.match(rest)
            if match:
                return template, self._resolve(item), match.groups()
        return None

    def _rooted(self, node):
        """The document with references that schemas taken out of it can follow; those that lead nowhere say nothing."""
        if isinstance(node, list):
            return [self._rooted(item) for item in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str):
            return {"$ref": ROOT + reference} if self._target(reference) is not None else {}
        return {key: self._rooted(value) for key, value in node.items()}

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
        while isinstance(node, dict) and "$ref" in node:
            node = self._target(node["$ref"].removeprefix(ROOT)) or {}
        return node

    def _validate(self, schema, value, reading):
        if schema is None:
            return
        if self.version.startswith("3.1"):
            kind = OAS31Validator
        else:
            kind = OAS30ReadValidator if reading else OAS30WriteValidator
        validator = kind(self._rooted(schema), registry=self.registry)
        for problem in validator.iter_errors(value):
            place = "/".join(str(part) for part in problem.absolute_path) or "the whole"
            yield f"{place}: {problem.message[:160]}"

    def check(self, exchange):
        url = urllib.parse.urlsplit(exchange["url"])
        template, item, values = self._find(url.path)
        method = exchange["method"].lower()
        operation = item.get(method)
        if operation is None:
            yield f"{exchange['method']} {template} is not declared"
            return
        parameters = {}
        for raw in (item.get("parameters") or []) + (operation.get("parameters") or []):
            parameter = self._resolve(raw)
            if "name" in parameter:
                parameters[(parameter["in"], parameter["name"])] = parameter
        names = re.findall(r"\{([^/]+?)\}", template)
        for name, value in zip(names, values):
            yield from self._parameter(parameters.get(("path", name)), "path", name, [urllib.parse.unquote(value)])
        yield from self._query(parameters, url.query)
        sent = {name.lower() for name in exchange["headers"]}
        for (place, name), parameter in parameters.items():
            ours = ("accept", "authorization", "content-type")
            if place == "header" and parameter.get("required") and name.lower() not in sent and name.lower() not in ours:
                yield f"required header {name} is not sent"
        yield from self._body(operation, parameters, exchange)
        yield from self._reply(operation, template, exchange)

    def _query(self, parameters, query):
        given = {}
        for name, value in urllib.parse.parse_qsl(query, keep_blank_values=True):
            given.setdefault(name, []).append(value)
        for name, values in given.items():
            parameter = parameters.get(("query", name)) or parameters.get(("query", name.removesuffix("[]")))
            if parameter is None and "[" in name:
                # deepObject, and the habit of naming the whole `filter` with its members in brackets.
                base = parameters.get(("query", name.split("[")[0]))
                if base is not None:
                    continue
            if parameter is None:
                security = self.document.get("components", {}).get("securitySchemes", {}).values()
                if any(s.get("in") == "query" and s.get("name") == name for s in security):
                    continue
                yield f"query parameter {name} is not declared"
                continue
            yield from self._parameter(parameter, "query", name, values)
        for (place, name), parameter in parameters.items():
            bracketed = any(n.split("[")[0] == name for n in given)
            if place == "query" and parameter.get("required") and not bracketed:
                yield f"required query parameter {name} is not sent"

    def _parameter(self, parameter, place, name, values):
        if parameter is None:
            return
        schema = parameter.get("schema")
        if schema is None and self.version.startswith("2"):
            schema = {k: parameter[k] for k in ("type", "enum", "pattern", "items", "maximum", "minimum") if k in parameter}
        if schema is None:
            return
        resolved = self._resolve(schema)
        kind = resolved.get("type")
        if kind == "array":
            items = self._resolve(resolved.get("items", {}))
            split = values if parameter.get("explode", True) and len(values) > 1 else values[0].split(",")
            value = [coerce(v, items.get("type")) for v in split]
        else:
            value = coerce(values[0], kind)
        for problem in self._validate(schema, value, reading=False):
            yield f"{place} parameter {name}: {problem}"

    def _body(self, operation, parameters, exchange):
        body = exchange.get("body")
        sent = next((v for k, v in exchange["headers"].items() if k.lower() == "content-type"), "")
        sent = sent.split(";")[0].strip().lower()
        if self.version.startswith("2"):
            schema = next((p.get("schema") for (place, _), p in parameters.items() if place == "body"), None)
            if schema is not None and body:
                yield from (f"body: {p}" for p in self._validate(schema, json.loads(body), reading=False))
            return
        stated = self._resolve(operation.get("requestBody"))
        if not body:
            if stated and stated.get("required"):
                yield "the required body is not sent"
            return
        if not stated:
            yield "a body is sent where none is declared"
            return
        kinds = {kind.split(";")[0].strip().lower(): media for kind, media in stated["content"].items()}
        media = kinds.get(sent) or kinds.get("*/*") or next(
            (m for k, m in kinds.items() if k.endswith("+json") and sent == "application/json"), None
        )
        if media is None:
            yield f"content type {sent} is not declared, but {', '.join(sorted(kinds))}"
            return
        if sent == "application/x-www-form-urlencoded":
            declared = self._resolve(media.get("schema", {})).get("properties", {})
            for name, _ in urllib.parse.parse_qsl(body, keep_blank_values=True):
                if declared and name.split("[")[0] not in declared:
                    yield f"form field {name} is not declared"
            return
        if "json" in sent:
            yield from (f"body: {p}" for p in self._validate(media.get("schema"), json.loads(body), reading=False))

    def _reply(self, operation, template, exchange):
        status = exchange["status"]
        if status is None or status == 429 or status >= 500:
            return  # a lost reply, throttling: part of every interface
        responses = {str(k).upper(): self._resolve(v) for k, v in operation["responses"].items()}
        stated = responses.get(str(status)) or responses.get(f"{str(status)[0]}XX") or responses.get("DEFAULT")
        if stated is None:
            if status < 400:
                yield f"status {status} is not declared for {exchange['method']} {template}, but {', '.join(sorted(responses))}"
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
                yield "the reply is declared as JSON and is none"
                return
            yield from (f"reply {status}: {p}" for p in self._validate(schema, value, reading=True))


def coerce(text, kind):
    """A parameter's text as the type that its schema asks for; what does not fit stays text and fails there."""
    kinds = kind if isinstance(kind, list) else [kind]
    if "integer" in kinds and re.fullmatch(r"-?\d+", text):
        return int(text)
    if "number" in kinds and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    if "object" in kinds:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
