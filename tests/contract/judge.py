"""What may be answered: exactly what the OpenAPI document says, and counts of what was.

Stricter than the document's own schemas: a member that it does not mention is a fault too, and so are a success or a
redirect that only `default` would cover, and a body where none is promised.
"""

import collections
import copy
import json

import jsonschema_rs

METHODS = ("get", "put", "post", "patch", "delete")
PROBLEM = "application/problem+json"


class Judge:
    def __init__(self, document):
        self.document = document
        strict = copy.deepcopy(document)
        close(strict)
        self.components = strict["components"]
        self.paths = strict["paths"]
        self.patterns = {path: path.strip("/").split("/") for path in self.paths}
        self.validators = {}
        self.operations = [
            (method.upper(), path) for path, item in self.paths.items() for method in METHODS if method in item
        ]
        # Per operation: how many cases, and how often each status.
        self.cases = collections.Counter()
        self.statuses = collections.defaultdict(collections.Counter)
        self.faults = []

    def pattern_of(self, path):
        """The pattern of a path that was requested; literals come before parameters."""
        parts = path.split("?")[0].strip("/").split("/")
        fitting = [
            pattern
            for pattern, segments in self.patterns.items()
            if len(segments) == len(parts) and all(s[:1] == "{" or s == p for s, p in zip(segments, parts))
        ]
        return min(fitting, key=lambda pattern: pattern.count("{"), default=None)

    def counted(self, method, pattern, status):
        self.cases[method, pattern] += 1
        self.statuses[method, pattern][status] += 1

    def walked(self, method, path, answer):
        """An answer on the way to the cases: it shows that an operation works, and counts as no case."""
        pattern = self.pattern_of(path)
        self.statuses[method, pattern][answer.status_code] += 1
        self.faults += [
            f"{method} {path}: {fault}"
            for fault in self.judge(method, pattern, answer.status_code, answer.headers, answer.content)
        ]

    def judge(self, method, pattern, status, headers, content):
        """Everything that is wrong with an answer."""
        operation = self.paths[pattern].get(method.lower()) if pattern else None
        if status >= 500:
            return [f"the server failed: {status} {content[:300]!r}"]
        if method == "OPTIONS" and status == 204:
            return ["an answer to OPTIONS has a body"] if content else []
        if method == "HEAD":
            return ["an answer to HEAD has a body"] if content else []
        media = headers.get("content-type") or ""
        media = (media[0] if isinstance(media, list) else media).split(";")[0].strip()
        described = operation and operation["responses"].get(str(status))
        if described is None:
            if status < 400:
                return [f"{status} is not in the document"]
            pages = operation and "text/html" in operation["responses"]["default"]["content"]
            return [] if pages and media == "text/html" else self.judge_problem(status, media, content)
        media_types = described.get("content", {})
        if not media_types:
            return [f"{status} is to have no body: {content[:300]!r}"] if content else []
        if media not in media_types:
            return [f"{status} is {media or 'without a type'}, expected {' or '.join(media_types)}"]
        schema = media_types[media].get("schema")
        return self.judge_json((method, pattern, status), schema, content) if schema else []

    def judge_problem(self, status, media, content):
        if media != PROBLEM:
            return [f"{status} is {media or 'without a type'}, expected {PROBLEM}: {content[:300]!r}"]
        faults = self.judge_json("Problem", {"$ref": "#/components/schemas/Problem"}, content)
        if not faults and json.loads(content)["status"] != status:
            faults = [f"a problem of status {json.loads(content)['status']} came as {status}"]
        return faults

    def judge_json(self, key, schema, content):
        if key not in self.validators:
            whole = {**schema, "components": self.components}
            self.validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        try:
            value = json.loads(content)
        except ValueError:
            return [f"not JSON: {content[:300]!r}"]
        return [
            f"{'.'.join(map(str, error.instance_path)) or 'the answer'}: {error.message[:300]}"
            for error in self.validators[key].iter_errors(value)
        ]


def close(schema):
    """Lets objects have no members but those that are named."""
    if isinstance(schema, list):
        for item in schema:
            close(item)
    elif isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict) and "type" in schema:
            schema.setdefault("additionalProperties", False)
        for member in schema.values():
            close(member)
