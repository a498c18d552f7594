"""A real SMTP server for the tests: says its port, then one JSON line for every mail it took.

What it does depends on whom a mail is for: refused@… gets 550, later@… 451, silent@… no answer at all.
It ends when its standard input does, so that it never outlives the test that started it.
"""

import argparse
import asyncio
import email
import email.policy
import json
import pathlib
import ssl
import sys

import trustme
from aiosmtpd.smtp import SMTP, AuthResult

parser = argparse.ArgumentParser()
parser.add_argument("--tls", choices=["none", "starttls", "tls"], default="none")
parser.add_argument("--name", default="localhost", help="whom the certificate is for")
parser.add_argument("--ca", help="where to write the certificate authority that clients have to trust")
parser.add_argument("--login", help="user:password, required before mail is taken")
parser.add_argument("--one-mail", action="store_true", help="close every connection after one mail")
options = parser.parse_args()


def say(**line):
    print(json.dumps(line), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("refused@"):
            return "550 5.1.1 <%s> no such person here" % address
        if address.startswith("later@"):
            return "451 4.7.1 come back later"
        if address.startswith("silent@"):
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        say(
            to=envelope.rcpt_tos,
            sender=envelope.mail_from,
            headers=list(message.items()),
            text=message.get_body(["plain"]).get_content().replace("\r\n", "\n"),
            html=message.get_body(["html"]).get_content(),
            encrypted=server.transport.get_extra_info("ssl_object") is not None,
            login=(session.auth_data.login.decode() if session.auth_data else None),
            peer=session.peer[1],
            hello=session.host_name,
        )
        if options.one_mail:
            asyncio.get_running_loop().call_later(0.01, server.transport.close)
        return "250 2.0.0 taken as number 42"


def authenticate(server, session, envelope, mechanism, data):
    given = f"{data.login.decode()}:{data.password.decode()}"
    return AuthResult(success=given == options.login, handled=False, auth_data=data)


async def main():
    context = None
    if options.tls != "none":
        authority = trustme.CA()
        pathlib.Path(options.ca).write_bytes(authority.cert_pem.bytes())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(options.name).configure_cert(context)
    extra = {}
    if options.login:
        extra = dict(authenticator=authenticate, auth_required=True, auth_require_tls=options.tls == "starttls")

    def session():
        starttls = context if options.tls == "starttls" else None
        return SMTP(Handler(), hostname="relay.test", tls_context=starttls, require_starttls=starttls is not None, **extra)

    loop = asyncio.get_running_loop()
    listener = await loop.create_server(session, "127.0.0.1", 0, ssl=context if options.tls == "tls" else None)
    say(port=listener.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, sys.stdin.read)
    sys.stdout.flush()


asyncio.run(main())
