"""Schemas of OpenAPI 3.0, 3.1 and Swagger 2.0, read strictly: whether a value is what a schema describes, and nothing else.

Three things differ from a validator of JSON Schema, which lets through whatever a schema does not speak of:

- A member that a schema does not list is refused, unless the schema says what else may come (`additionalProperties` with a schema)
  or lists none at all. Members of `allOf` count together, of `oneOf` and `anyOf` those of the branch that fits best.
- `properties` means an object and `items` an array, also where `type` is left out.
- `nullable` lets null through wherever it stands, also beside `anyOf` or a reference, as vendors mean it.
"""

import re

from finding import items, named

NAMES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
DATES = {"date": r"\d{4}-\d\d-\d\d$", "date-time": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d"}


class Schemas:
    """The schemas of one document. `resolve` follows a reference; `reading` says whether values come or go."""

    def __init__(self, resolve):
        self.resolve = resolve

    def check(self, schema, value, place, reading, text=False):
        """Yields (place, kind, sentence) of everything that is not as described. With `text`, values come as words of a form."""
        return Walk(self.resolve, reading, text).value(schema, value, place)


class Level:
    """What one object's schema says of its members once `allOf`, `oneOf` and `anyOf` are taken together."""

    def __init__(self):
        self.findings, self.declared, self.open, self.lists = [], set(), False, False

    def add(self, other):
        self.findings += other.findings
        self.declared |= other.declared
        self.open |= other.open
        self.lists |= other.lists


class Walk:
    def __init__(self, resolve, reading, text):
        self.resolve, self.reading, self.text = resolve, reading, text

    def value(self, schema, value, place):
        level = self.level(schema, value, place)
        findings = level.findings
        if isinstance(value, dict) and level.lists and not level.open:
            findings = findings + [self.unlisted(place, name) for name in value if name not in level.declared]
        return findings

    def unlisted(self, place, name):
        return (named(place, name), "undeclared", f"{name} is not declared")

    def level(self, raw, value, place):
        level = Level()
        if raw is True or raw is None or not isinstance(raw, dict):
            level.open = True
            return level
        schema = self.resolve(raw)
        if not isinstance(schema, dict):
            schema = {}
        if value is None and self.null(raw, schema):
            level.open = True
            return level
        parts = self.parts(schema)
        for kinds in filter(None, map(self.kinds, parts)):
            if self.text:
                value = coerce(value, kinds)
            if any(fits(value, kind) for kind in kinds):
                continue
            wrong = f"{NAMES[type(value)]} for {' or '.join(kinds)}"
            level.findings.append((place, wrong, "another type than declared"))
            level.open = True
            return level
        for part in parts:
            level.findings += self.scalar(part, value, place)
            if isinstance(value, list) and isinstance(part.get("items"), dict):
                for item in value:
                    level.findings += self.value(part["items"], item, items(place))
        if isinstance(value, dict):
            self.members(parts, value, place, level)
        for part in parts:
            for word in ("oneOf", "anyOf"):
                if part.get(word):
                    level.add(self.best(part[word], value, place, level))
            # A list of schemas for the items of no array is how one generator writes a choice.
            if isinstance(part.get("items"), list) and not listed_types(part):
                level.add(self.best(part["items"], value, place, level))
        return level

    def parts(self, schema):
        """A schema and everything that its `allOf` adds to it."""
        found = [schema]
        for raw in schema.get("allOf") or []:
            part = self.resolve(raw)
            if isinstance(part, dict) and part is not schema:
                found += self.parts(part)
        return found

    def members(self, parts, value, place, level):
        properties = {}
        for part in parts:
            for name, inner in (part.get("properties") or {}).items():
                properties.setdefault(name, []).append(inner)
            level.lists |= bool(part.get("properties")) or part.get("additionalProperties") is False
        level.declared |= set(properties)
        for name, member in value.items():
            if name not in properties:
                continue
            said = properties[name]
            # What several parts say of a member holds together.
            schema = said[0] if len(said) == 1 else {"allOf": said}
            inner = self.resolve(schema)
            if not self.reading and isinstance(inner, dict) and inner.get("readOnly"):
                level.findings.append((named(place, name), "read-only", f"{name} is only read"))
            level.findings += self.value(schema, member, named(place, name))
        for name in dict.fromkeys(name for part in parts for name in part.get("required") or []):
            inner = self.resolve(properties.get(name, [{}])[0])
            skipped = isinstance(inner, dict) and inner.get("writeOnly" if self.reading else "readOnly")
            if name not in value and not skipped:
                level.findings.append((named(place, name), "missing", f"{name} is required and missing"))
        for part in parts:
            for name, member in value.items():
                for pattern, inner in (part.get("patternProperties") or {}).items():
                    if search(pattern, name):
                        level.declared.add(name)
                        level.findings += self.value(inner, member, named(place, name))
            others = part.get("additionalProperties")
            if isinstance(others, dict) and others:
                for name, member in value.items():
                    if name not in properties:
                        level.declared.add(name)
                        level.findings += self.value(others, member, named(place, name))
            # Beside a list of members, `true` says that others do no harm, not what they are.
            level.open |= (others is True or others == {}) and not properties

    def best(self, branches, value, place, base):
        found = [self.level(branch, value, place) for branch in branches]

        def misses(level):
            unlisted = 0
            if isinstance(value, dict) and (level.lists or base.lists) and not level.open:
                unlisted = sum(1 for name in value if name not in level.declared | base.declared)
            return len(level.findings) + unlisted

        chosen = min(found, key=misses)
        # Branches that fit as well say what else may come.
        for other in found:
            if other is not chosen and not other.findings and not chosen.findings:
                chosen.add(other)
        return chosen

    def null(self, raw, schema):
        if raw.get("nullable") or schema.get("nullable") or "null" in listed_types(schema):
            return True
        if None in (schema.get("enum") or []):
            return True
        said = listed_types(schema) or "properties" in schema or "items" in schema
        branches = (schema.get("oneOf") or []) + (schema.get("anyOf") or [])
        if branches:
            return any(self.null(b, self.resolve(b)) for b in branches if isinstance(b, dict))
        parts = schema.get("allOf") or []
        if parts:
            return all(self.null(p, self.resolve(p)) for p in parts if isinstance(p, dict))
        return not said and "enum" not in schema

    def kinds(self, schema):
        kinds = listed_types(schema)
        if kinds:
            return kinds
        if "properties" in schema:
            return ["object"]
        if isinstance(schema.get("items"), dict):
            return ["array"]
        return []

    def scalar(self, schema, value, place):
        if "enum" in schema and value not in schema["enum"] and not isinstance(value, (dict, list)):
            yield (place, "value", f"{value!r} is none of {', '.join(map(str, schema['enum'][:12]))}")
        if "const" in schema and value != schema["const"]:
            yield (place, "value", f"{value!r} is not {schema['const']!r}")
        if isinstance(value, str):
            pattern = schema.get("pattern")
            if pattern and not search(pattern, value):
                yield (place, "value", f"{value!r} does not match {pattern}")
            if not self.reading and value and schema.get("format") in DATES and not re.match(DATES[schema["format"]], value):
                yield (place, "value", f"{value!r} is no {schema['format']}")
            if len(value) > schema.get("maxLength", len(value)) or len(value) < schema.get("minLength", 0):
                yield (place, "value", f"{value!r} has {len(value)} characters")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            if value > schema.get("maximum", value) or value < schema.get("minimum", value):
                yield (place, "value", f"{value} is out of range")
        elif isinstance(value, list):
            if len(value) > schema.get("maxItems", len(value)) or len(value) < schema.get("minItems", 0):
                yield (place, "value", f"{len(value)} items")


def listed_types(schema):
    kinds = schema.get("type")
    return [k for k in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(k, str)]


def search(pattern, value):
    try:
        return re.search(pattern, value)
    except re.error:
        return True  # a pattern of another dialect


def fits(value, kind):
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool) or isinstance(value, float) and value.is_integer()
    if kind in ("file", "any"):
        return True
    return NAMES.get(type(value)) == kind


def coerce(value, kinds):
    """A word of a form or a query as the type that its schema asks for; what does not fit stays text and fails there."""
    if not isinstance(value, str):
        return value
    if "string" in kinds:
        return value
    if "integer" in kinds and re.fullmatch(r"-?\d+", value):
        return int(value)
    if "number" in kinds and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value)
    if "boolean" in kinds and value in ("true", "false"):
        return value == "true"
    return value
