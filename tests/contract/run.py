"""Every operation of the OpenAPI document, thousands of times, on a running server.

    python tests/contract/run.py BINARY [--examples N] [--seed N] [--cases N] [--only OPERATION_ID]

Cases are made by schemathesis from the document alone; who asks, and for what that is there, is put into them here.
It fails on any 5xx, on any answer that the document does not describe (`judge.py`), on an operation that nothing got a
success from, and on fewer cases than asked for.
"""

import argparse
import json
import os
import pathlib
import random
import sys
import tempfile
import time

import schemathesis
from schemathesis.cli import schemathesis as command_line

import planted
from judge import Judge
from proofs import new_verifier
from right import NEEDS_A_PROVIDER, RIGHT
from world import ORIGIN, World

ROOT = pathlib.Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "api" / "openapi.json"
MANIFEST = ROOT / "widget" / "dist" / "manifest.json"
# So many of an operation's cases come first with everything right; later one in so many.
FIRST_RIGHT, ONE_RIGHT_IN = 3, 25

parser = argparse.ArgumentParser()
parser.add_argument("binary")
parser.add_argument("--examples", type=int, default=40, help="random cases an operation, besides the systematic ones")
parser.add_argument("--seed", type=int, default=1, help="other cases; 0 takes a new one")
parser.add_argument("--cases", type=int, default=3_000, help="how many cases there must be")
parser.add_argument("--only", help="the id of the one operation to ask")
options = parser.parse_args()
binary = pathlib.Path(options.binary).resolve()
seed = options.seed or random.SystemRandom().randrange(1, 2**31)

document = json.loads(DOCUMENT.read_text())
planted.check(document)
judge = Judge(document)
# Who asks is decided by chance of its own, so that one more case of one operation does not change the others.
dice = {operation: random.Random(f"{seed} {operation}") for operation in judge.operations}
world = None


def tags_of(method, path):
    return document["paths"][path][method.lower()]["tags"][0]


@schemathesis.hook
def before_call(context, case, kwargs):
    operation = (case.operation.method.upper(), case.operation.path)
    roll = dice[operation]
    turn = judge.cases[operation]
    is_right = operation in RIGHT and (turn < FIRST_RIGHT or roll.randrange(ONE_RIGHT_IN) == 0)
    # A case may be about the method or the headers themselves; those stay as they are.
    if case.method.upper() != operation[0]:
        is_right = False
    told = RIGHT[operation](world) if is_right else {}
    kwargs.setdefault("allow_redirects", False)
    address(case, told, roll, operation)
    if is_right:
        case.headers = {}
        case.query = told.get("query", {})
        if told.get("form") is not None:
            kwargs["data"] = told["form"]
        elif told.get("body") is not None:
            kwargs["json"] = told["body"]
        # What is generated must not be sent beside it.
        case.body = schemathesis.core.NOT_SET
        case.media_type = None
    identify(case, told, is_right, roll, tags_of(*operation), operation[1])


def address(case, told, roll, operation):
    """Names in the path that name something, most of the time."""
    changes = operation[0] != "GET"
    there = {
        # What cases change nothing else depends on.
        "site": "spare" if operation[1].startswith("/dashboard") else "blog",
        "comment": roll.choice(world.spare if changes else [world.comment, world.reply]),
        "thread": str(world.spare_thread if changes else world.thread),
        "provider": roll.choice(["github", "facebook"]),
    }
    there |= told.get("path", {})
    for name, value in there.items():
        if name in (case.path_parameters or {}) and (told or roll.random() < 0.8):
            case.path_parameters[name] = value
    for name, value in told.get("path", {}).items():
        case.path_parameters[name] = value
    if not told and case.query and roll.random() < 0.5:
        likely = {"page": "/a-post", "thread": str(world.thread), "root": world.comment, "site": "blog", "origin": ORIGIN}
        for name in case.query:
            case.query[name] = likely.get(name, case.query[name])


def identify(case, told, is_right, roll, kind, path):
    """Who asks, from where: right most of the time, so that what is asked gets looked at."""
    headers = {name: value for name, value in case.headers.items()}
    sends_cookies = told.get("cookies")
    if kind in ("api", "cookie-cors", "public"):
        headers["Origin"] = ORIGIN
        headers["X-Afterword"] = "1"
        token = told.get("token")
        if not is_right:
            token = roll.choice([world.owner_token, lambda: world.ada()["access"], lambda: world.guest, new_verifier])()
        if token and (is_right or roll.random() < 0.9):
            headers["Authorization"] = f"Bearer {token}"
    elif kind == "first-party":
        headers["Origin"] = world.base
        headers["Sec-Fetch-Site"] = "same-origin"
        # Whoever was signed out has to sign in again, which takes a while: so most of that is asked without a session.
        if not is_right and roll.random() < (0.2 if "sign-out" in path or "sessions" in path else 0.9):
            browser = world.dashboard() if path.startswith("/dashboard") else world.adas_account()
            sends_cookies = browser.cookies
    if sends_cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in sends_cookies.items())
    case.headers = headers


@schemathesis.hook
def after_call(context, case, response):
    operation = (case.operation.method.upper(), case.operation.path)
    judge.counted(*operation, response.status_code)
    # Whoever was signed out by this case, or before it, signs in again when somebody needs them.
    method, path = operation
    ends = any(word in path for word in ("password", "sessions", "sign-out", "confirm", "second-factor"))
    ended = ends and method != "GET" and response.status_code in (200, 204) or response.status_code == 401
    sent = response.request.headers.get("Cookie") or ""
    authorization = (response.request.headers.get("Authorization") or "").removeprefix("Bearer ")
    if response.status_code == 401 and authorization and authorization == world.olgas_token:
        world.olgas_token = None
    if response.status_code == 401 and world.adas and authorization == world.adas["access"]:
        world.adas = None
    if ended and world.account and world.account.cookies.get("aw-ss", "-") in sent:
        # A new password, or the end of all sessions, is the end of Ada's elsewhere too.
        world.account = world.adas = None
    if path in ("/dashboard/api/sign-out", "/dashboard/api/password") and response.status_code == 204 and "aw-ad" in sent:
        world.olga = world.olgas_token = None
    elif response.status_code == 401 and world.olga and world.olga.cookies.get("aw-ad", "-") in sent:
        world.olga = None


@schemathesis.check
def answers_as_documented(context, response, case):
    faults = judge.judge(
        case.method.upper(), case.operation.path, response.status_code, response.headers, response.content
    )
    if faults:
        raise AssertionError("\n".join(faults))


def report(seconds):
    """What was asked and answered; the complaints."""
    total, failures = sum(judge.cases.values()), []
    by_status = {}
    for counts in judge.statuses.values():
        for status, count in counts.items():
            by_status[status] = by_status.get(status, 0) + count
    listed = ", ".join(f"{status}: {by_status[status]}" for status in sorted(by_status))
    print(f"\n{total} cases on {len(judge.cases)} operations in {seconds:.0f} s, seed {seed}")
    print(f"by status, with the requests around them: {listed}")
    if options.only:
        return judge.faults
    for operation in judge.operations:
        if not judge.cases[operation]:
            failures.append(f"{' '.join(operation)}: no case")
        elif operation not in NEEDS_A_PROVIDER and not any(s < 400 for s in judge.statuses[operation]):
            failures.append(f"{' '.join(operation)}: nothing succeeded: {dict(judge.statuses[operation])}")
    if total < options.cases:
        failures.append(f"{total} cases, expected {options.cases} or more")
    return judge.faults + failures


def main():
    global world
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="afterword-contract-") as directory:
        # Where schemathesis may leave what it remembers.
        os.chdir(directory)
        world = World(binary, directory, judge)
        world.widget_file = json.loads(MANIFEST.read_text())["thread"]
        arguments = ["run", str(DOCUMENT), "--url", world.base, "--seed", str(seed)]
        arguments += ["--max-examples", str(options.examples), "--phases", "coverage,fuzzing"]
        arguments += ["--checks", "not_a_server_error,answers_as_documented", "--continue-on-failure"]
        arguments += ["--suppress-health-check", "all", "--request-timeout", "30", "--warnings", "off"]
        if options.only:
            arguments += ["--include-operation-id", options.only]
        try:
            failed = command_line.main(arguments, standalone_mode=False)
        except SystemExit as end:
            failed = end.code
        failures = report(time.monotonic() - began)
        alive = world.server.poll() is None
        world.stop()
        os.chdir(ROOT)
        said = world.said()
        if not alive or "panicked" in said:
            failures.append("the server did not live through it in peace")
        if failed or failures:
            print(f"the server said:\n{said[-4_000:]}", file=sys.stderr)
    for failure in failures:
        print(f"✗ {failure}", file=sys.stderr)
    sys.exit(1 if failed or failures else 0)


main()
