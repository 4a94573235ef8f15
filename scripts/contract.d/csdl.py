"""CSDL, the metadata of OData 2 and 4: types with what they inherit, associations, actions, entity sets."""

import re
import xml.etree.ElementTree as ElementTree


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def annotation(element, name):
    """An attribute of another namespace, such as `sap:updatable`."""
    return next((v for k, v in element.attrib.items() if k.endswith("}" + name)), None)


class Kind:
    """An entity or complex type: its own properties and navigation; `Metadata.all` adds what it inherits."""

    def __init__(self, name, element):
        self.name, self.base = name, element.get("BaseType")
        self.keys, self.properties, self.navigation = [], {}, {}
        for child in element:
            kind = local(child)
            if kind == "Key":
                self.keys = [ref.get("Name") for ref in child]
            elif kind == "Property":
                self.properties[child.get("Name")] = child
            elif kind == "NavigationProperty":
                self.navigation[child.get("Name")] = child


class Operation:
    """An action or a function: what it is bound to, what it takes and gives."""

    def __init__(self, element):
        self.action = local(element) == "Action"
        parameters = [child for child in element if local(child) == "Parameter"]
        self.bound = parameters.pop(0).get("Type") if element.get("IsBound") == "true" and parameters else None
        self.parameters = {p.get("Name"): p for p in parameters}
        self.returns = next((c.get("Type") for c in element if local(c) == "ReturnType"), element.get("ReturnType"))


class Metadata:
    def __init__(self, path):
        self.kinds, self.words, self.ends, self.operations, self.sets, self.aliases = {}, {}, {}, {}, {}, {}
        for schema in ElementTree.parse(path).iter():
            if local(schema) == "Schema":
                self._schema(schema)

    def _schema(self, schema):
        namespace = schema.get("Namespace")
        if schema.get("Alias"):
            self.aliases[schema.get("Alias")] = namespace
        for element in schema:
            kind, name = local(element), f"{namespace}.{element.get('Name')}"
            if kind in ("EntityType", "ComplexType"):
                self.kinds[name] = Kind(name, element)
            elif kind == "EnumType":
                self.words[name] = {member.get("Name") for member in element if local(member) == "Member"}
            elif kind == "Association":
                for end in element:
                    if local(end) == "End":
                        many = end.get("Multiplicity") == "*"
                        self.ends[(name, end.get("Role"))] = f"Collection({end.get('Type')})" if many else end.get("Type")
            elif kind in ("Action", "Function"):
                self.operations.setdefault(element.get("Name"), []).append((namespace, Operation(element)))
            elif kind == "EntityContainer":
                for member in element:
                    if local(member) == "EntitySet":
                        self.sets[member.get("Name")] = (f"Collection({member.get('EntityType')})", member)
                    elif local(member) == "Singleton":
                        self.sets[member.get("Name")] = (member.get("Type"), member)

    def full(self, name):
        head, _, tail = name.rpartition(".")
        return f"{self.aliases.get(head, head)}.{tail}"

    def kind(self, name):
        """The entity or complex type of a name, `Collection(…)` taken off."""
        return self.kinds.get(self.full(single(name))) if name else None

    def all(self, kind, part):
        found = {}
        while kind is not None:
            found = {**getattr(kind, part), **found}
            kind = self.kind(kind.base)
        return found

    def keys(self, kind):
        while kind is not None and not kind.keys:
            kind = self.kind(kind.base)
        return kind.keys if kind else []

    def inherits(self, kind, name):
        while kind is not None:
            if kind.name == self.full(name):
                return True
            kind = self.kind(kind.base)
        return False

    def member(self, kind, name):
        """The type of a property or a navigation, and its element; None where the type has none of that name."""
        element = self.all(kind, "properties").get(name)
        if element is not None:
            return element.get("Type"), element
        element = self.all(kind, "navigation").get(name)
        if element is None:
            return None
        if element.get("Type"):
            return element.get("Type"), element
        relation = self.full(element.get("Relationship"))
        return self.ends[(relation, element.get("ToRole"))], element

    def operation(self, word, current):
        """The action or function of a path's segment that is bound to what stands before it."""
        bare = word.split("(")[0]
        head, _, tail = bare.rpartition(".")
        for namespace, operation in self.operations.get(tail, []):
            if head and self.aliases.get(head, head) != namespace or operation.bound is None:
                continue
            many = operation.bound.startswith("Collection(")
            if many == is_many(current) and self.inherits(self.kind(current), single(operation.bound)):
                return operation
        return None


def is_many(name):
    return bool(name) and name.startswith("Collection(")


def single(name):
    return re.sub(r"^Collection\((.*)\)$", r"\1", name)
