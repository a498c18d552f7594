"""The judge has to find what it looks for: each rule is shown one breach, and one answer that keeps it, before any case."""

import json

from judge import Judge

PROBLEM = {
    "type": "/problems/too-fast",
    "title": "Too fast",
    "status": 429,
    "detail": "wait a moment",
    "request_id": "0123456789abcdef",
    "retry_after": 3,
}
TALLY = {"likes": 3, "liked": True}
LIKE = ("PUT", "/api/v1/sites/{site}/comments/{comment}/like")
SIGN_OUT = ("POST", "/account/api/sign-out")
POPUP = ("GET", "/auth/popup")


def found(judge, operation, status, media, body):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return judge.judge(*operation, status, {"content-type": media} if media else {}, content)


def check(document):
    judge = Judge(document)
    json_, problem_ = "application/json", "application/problem+json"
    for operation, status, media, body in [
        (LIKE, 200, json_, TALLY),
        (LIKE, 429, problem_, PROBLEM),
        (SIGN_OUT, 204, None, b""),
        (POPUP, 403, "text/html; charset=utf-8", b"<!doctype html>"),
        (("OPTIONS", LIKE[1]), 204, None, b""),
    ]:
        faults = found(judge, operation, status, media, body)
        assert not faults, f"a right answer to {operation} is taken for wrong: {faults}"
    without = lambda known, name: {key: value for key, value in known.items() if key != name}
    for operation, status, media, body in [
        (LIKE, 500, problem_, {**PROBLEM, "status": 500}),
        (LIKE, 503, problem_, {**PROBLEM, "status": 503}),
        (LIKE, 204, None, b""),
        (LIKE, 302, None, b""),
        (LIKE, 200, "text/html", TALLY),
        (LIKE, 200, None, TALLY),
        (LIKE, 200, json_, b"likes: 3"),
        (LIKE, 200, json_, b""),
        (LIKE, 200, json_, without(TALLY, "likes")),
        (LIKE, 200, json_, {**TALLY, "likes": "3"}),
        (LIKE, 200, json_, {**TALLY, "email": "ada@example.org"}),
        (LIKE, 429, json_, PROBLEM),
        (LIKE, 429, "text/html", b"<!doctype html>"),
        (LIKE, 429, problem_, {**PROBLEM, "status": 400}),
        (LIKE, 429, problem_, {**PROBLEM, "type": "/problems/of-nobody"}),
        (LIKE, 429, problem_, {**PROBLEM, "cause": "row 7"}),
        (LIKE, 429, problem_, without(PROBLEM, "request_id")),
        (SIGN_OUT, 204, None, b"{}"),
        (SIGN_OUT, 200, json_, {}),
        (("OPTIONS", LIKE[1]), 204, None, b"x"),
    ]:
        assert found(judge, operation, status, media, body), f"{operation} {status} {media} {body!r} is let by"
