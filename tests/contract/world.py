"""The server under test: a fresh one, with sites, comments and people who can sign in.

Everything it does goes over HTTP, by the command line or by mail, as people do it. Each answer on the way is judged like
any other (`judge.py`): what has to work for the rest to begin is part of the contract too.
"""

import json
import pathlib
import queue
import re
import socket
import subprocess
import sys
import threading
import time

import requests

from proofs import challenge_of, new_verifier

ORIGIN = "https://blog.example"
PASSWORD = "lantern otter gravel quince"
PROVIDER_SECRET = "test-only-secret"
MAIL_SECS = 20

CONFIGURATION = """
[server]
listen = "127.0.0.1:{port}"
base_url = "http://localhost:{port}"
[storage]
directory = "{directory}/data"
reserve = "1 MiB"
[mail]
host = "127.0.0.1"
port = {smtp}
encryption = "none"
from = "comments@example.org"
[providers.github]
client_id = "afterword-test"
client_secret = "{secret}"
# Nobody listens there: a case that gets so far must not reach anybody.
base_url = "http://127.0.0.1:9"
[providers.facebook]
client_id = "afterword-test"
client_secret = "{secret}"
base_url = "http://127.0.0.1:9"
# Thousands of cases come from one address: what limits do has tests of its own.
[limits]
write = {{ burst = 1000000, every = "1ms" }}
vote = {{ burst = 1000000, every = "1ms" }}
address = {{ burst = 1000000, every = "1ms" }}
sign_in_mail = {{ burst = 1000000, every = "1ms" }}
sign_in = {{ burst = 1000000, every = "1ms" }}
preview = {{ burst = 1000000, every = "1ms" }}
[log]
filter = "warn"
access = false
"""


class Mailbox:
    """The SMTP server of the mail tests; mails by whom they are for."""

    def __init__(self):
        script = pathlib.Path(__file__).parent.parent / "smtp" / "server.py"
        self.process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.boxes = {}
        self.lock = threading.Lock()
        threading.Thread(target=self.sort, daemon=True).start()

    def sort(self):
        for line in self.process.stdout:
            mail = json.loads(line)
            for address in mail["to"]:
                self.box(address).put(mail["text"])

    def box(self, address):
        with self.lock:
            return self.boxes.setdefault(address.lower(), queue.Queue())

    def next(self, address, pattern):
        """What the pattern finds in the next mail that has it: notices come in between."""
        while True:
            found = re.search(pattern, self.box(address).get(timeout=MAIL_SECS))
            if found:
                return "".join(found.groups())

    def code(self, address):
        """Six digits, which stand there in two halves."""
        return self.next(address, r"\b(\d{3})\s(\d{3})\b")

    def link(self, address):
        """The token behind the # of a link."""
        return self.next(address, r"#(?:confirm=)?((?:ml|ln)_\S+)")

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class Browser:
    """Cookies, and requests as a script of our own pages sends them."""

    def __init__(self, world):
        self.world = world
        self.cookies = {}
        self.tx = None

    def send(self, method, path, body=None, query=None):
        headers = {"Origin": self.world.base, "Sec-Fetch-Site": "same-origin"}
        answer = self.world.send(method, path, headers, body, query=query, cookies=self.cookies)
        self.keep(answer)
        return answer

    def keep(self, answer):
        for cookie in answer.cookies:
            self.cookies[cookie.name] = cookie.value

    def must(self, status, method, path, body=None, query=None):
        return expect(self.send(method, path, body, query), status)

    def open(self, path="/auth/popup", **query):
        """Opens a page with ways to sign in; its transaction."""
        page = self.must(200, "GET", path, query=query or None)
        self.tx = re.search(r'data-tx="([^"]+)"', page.text).group(1)
        return self.tx

    def open_popup(self, **more):
        self.verifier = new_verifier()
        asked = dict(site="blog", origin=ORIGIN, ch=challenge_of(self.verifier), st="a-mark-of-the-widget")
        return self.open(**asked, **more)

    def prove_by_mail(self, address):
        """Clicks the link that comes by mail: what is left is to finish."""
        self.must(202, "POST", "/auth/popup/mail", {"tx": self.tx, "email": address})
        # Links that somebody else had sent there come first.
        while True:
            token = self.world.mail.link(address)
            seen = self.send("POST", "/auth/mail/look", {"token": token})
            if seen.status_code == 200 and seen.json()["here"]:
                break
        self.must(200, "POST", "/auth/mail/use", {"token": token})


class World:
    def __init__(self, binary, directory, judge):
        self.binary, self.directory, self.judge = binary, pathlib.Path(directory), judge
        self.mail = Mailbox()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.base = f"http://localhost:{self.port}"
        self.counter = 0
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.cookies.set_policy(NoCookies())
        configuration = self.directory / "afterword.toml"
        configuration.write_text(
            CONFIGURATION.format(
                port=self.port, directory=directory, smtp=self.mail.port, secret=PROVIDER_SECRET
            )
        )
        self.log = open(self.directory / "server.log", "w+")
        self.server = subprocess.Popen(
            [binary, "--config", str(configuration)], stdout=self.log, stderr=subprocess.STDOUT
        )
        self.wait_until_it_serves()
        self.people()
        self.comments()

    # The server

    def wait_until_it_serves(self):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if self.http.get(f"{self.base}/healthz", timeout=5).status_code == 200:
                    return
            except requests.ConnectionError:
                if self.server.poll() is not None:
                    break
                threading.Event().wait(0.05)
        sys.exit(f"the server did not start:\n{self.said()}")

    def said(self):
        self.log.flush()
        return (self.directory / "server.log").read_text()

    def command(self, *arguments):
        configuration = str(self.directory / "afterword.toml")
        run = [self.binary, "--config", configuration, *arguments]
        return subprocess.run(run, check=True, capture_output=True, text=True).stdout

    def stop(self):
        self.server.terminate()
        self.server.wait(timeout=30)
        self.mail.stop()

    def send(self, method, path, headers=None, body=None, query=None, cookies=None, form=None):
        headers = dict(headers or {})
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        answer = self.http.request(
            method,
            self.base + path,
            headers=headers,
            json=body,
            data=form,
            params=query,
            allow_redirects=False,
            timeout=30,
        )
        self.judge.walked(method, path, answer)
        return answer

    def as_widget(self, method, path, body=None, token=None, query=None, site="blog"):
        headers = {"Origin": ORIGIN, "X-Afterword": "1"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.send(method, f"/api/v1/sites/{site}{path}", headers, body, query)

    def number(self):
        self.counter += 1
        return self.counter

    # Who is there

    def people(self):
        token = re.search(r"/setup#(\S+)", self.command("owner", "link")).group(1)
        self.olga = Browser(self)
        owner = {"token": token, "name": "Olga", "email": "olga@example.org", "password": PASSWORD}
        self.olga.must(204, "POST", "/setup/owner", owner)
        for key in ["blog", "shop", "spare"]:
            self.command("site", "add", key, "--origin", ORIGIN)
        # The shop's guests work before they may say something; the blog's need not, so that cases get further.
        self.command("site", "set", "blog", "--guest-proof", "off")
        self.sso_secret = re.search(r"\S{40,}", self.command("site", "sso", "blog", "--new-secret")).group(0)
        self.olgas_token = None
        self.adas = None
        self.account = None
        self.guest = f"gt_{new_verifier()}"

    def comments(self):
        posted = [self.post(self.owner_token(), "/a-post", f"What I *think* of it, part {i}.") for i in range(8)]
        self.comment = posted[0]
        self.reply = self.post(self.ada()["access"], "/a-post", "> quoted\n\nI do not.", parent=self.comment)
        page = expect(self.as_widget("GET", "/thread", query={"page": "/a-post"}), 200).json()
        self.thread = page["thread"]["id"]
        self.spare = [self.post(self.ada()["access"], "/spare", f"To be changed, part {i}.") for i in range(4)]
        spare = expect(self.as_widget("GET", "/thread", query={"page": "/spare"}), 200).json()
        self.spare_thread = spare["thread"]["id"]

    def draft(self, page, body, **more):
        return {"page": {"url": ORIGIN + page, "title": "A post"}, "body": body, **more}

    def post(self, token, page, body, **more):
        answer = self.as_widget("POST", "/comments", self.draft(page, body, **more), token)
        return expect(answer, 201).json()["comment"]["id"]

    # Signing in. What a case ended is begun anew by whoever needs it next.

    def owner_token(self):
        if self.olgas_token is None:
            browser = Browser(self)
            browser.open_popup()
            proof = {"tx": browser.tx, "email": "olga@example.org", "password": PASSWORD}
            code = browser.must(200, "POST", "/auth/popup/password", proof).json()["code"]
            body = {"code": code, "verifier": browser.verifier}
            self.olgas_token = expect(self.as_widget("POST", "/auth/exchange", body), 200).json()["access"]
        return self.olgas_token

    def ada(self):
        if self.adas is None:
            self.adas = self.member("ada@example.org", "Ada")
        return self.adas

    def member(self, address, name):
        verifier = new_verifier()
        asked = {"email": address, "challenge": challenge_of(verifier)}
        expect(self.as_widget("POST", "/auth/email", asked), 202)
        body = {"verifier": verifier, "code": self.mail.code(address)}
        session = expect(self.as_widget("POST", "/auth/email/code", body), 200).json()
        expect(self.as_widget("PUT", "/me/name", {"name": name}, session["access"]), 200)
        return session

    def adas_account(self):
        """Ada's browser on the account page."""
        if self.account is None:
            self.account = self.on_account_page("ada@example.org")
        return self.account

    def on_account_page(self, address):
        browser = Browser(self)
        browser.open("/account")
        browser.prove_by_mail(address)
        browser.must(200, "POST", "/auth/popup/finish", {"tx": browser.tx})
        return browser

    def newcomer(self):
        """Somebody whose account nobody else needs."""
        browser = self.on_account_page(self.address())
        browser.must(204, "PUT", "/account/api/name", {"name": f"Newcomer {self.number()}"})
        return browser

    def address(self):
        return f"somebody-{self.number()}@example.org"

    def dashboard(self):
        if self.olga is None:
            self.olga = Browser(self)
            proof = {"email": "olga@example.org", "password": PASSWORD}
            self.olga.must(204, "POST", "/dashboard/sign-in", proof)
        return self.olga


class NoCookies(requests.cookies.cookielib.DefaultCookiePolicy):
    """Cookies are kept by browsers, of which there are several."""

    def set_ok(self, cookie, request):
        return False


def expect(answer, status):
    if answer.status_code != status:
        request = answer.request
        sys.exit(f"{request.method} {request.url}: expected {status}, got {answer.status_code}\n{answer.text}")
    return answer
