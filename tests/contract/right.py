"""For each operation a request that is right in every part: otherwise thousands of cases would only be refused, and no
answer to a success would ever be compared with the document.

A function here gets the world and gives what it sends: `body`, `form`, `query`, `path`, `cookies`, `token`, `headers`.
"""

from proofs import challenge_of, new_verifier, one_time_password, signed_by_site, signed_request
from world import ORIGIN, PASSWORD, PROVIDER_SECRET, Browser

# These need somebody at a provider: only a provider's answer begins what they go on with. The tests of the API reach
# them with a provider of their own.
NEEDS_A_PROVIDER = {
    ("DELETE", "/account/api/identities/{identity}"),
    ("POST", "/auth/popup/prove/mail"),
    ("POST", "/auth/popup/prove/password"),
    ("GET", "/auth/cb/{provider}"),
}

RIGHT = {}


def right(method, path):
    def keep(request):
        RIGHT[method, path] = request
        return request

    return keep


def of(browser, body=None, **more):
    return dict(body=body, cookies=dict(browser.cookies), **more)


# The account page


@right("POST", "/account/api/confirm")
def confirm(world):
    browser = with_password(world)
    return of(browser, {"password": PASSWORD})


@right("POST", "/account/api/email")
def change_address(world):
    return of(world.newcomer(), {"email": world.address()})


@right("POST", "/account/api/email/confirm")
def confirm_address(world):
    browser, address = world.newcomer(), world.address()
    browser.must(202, "POST", "/account/api/email", {"email": address})
    return of(browser, {"token": world.mail.link(address)})


@right("POST", "/account/api/identities")
def link_identity(world):
    return of(world.adas_account(), {"provider": "github"})


@right("PUT", "/account/api/name")
def name_on_account_page(world):
    return of(world.adas_account(), {"name": f"Ada {world.number()}"})


@right("PUT", "/account/api/password")
def set_password(world):
    return of(world.newcomer(), {"new": PASSWORD})


@right("DELETE", "/account/api/password")
def forget_password(world):
    return of(with_password(world))


def with_password(world):
    browser = world.newcomer()
    browser.must(204, "PUT", "/account/api/password", {"new": PASSWORD})
    return browser


@right("POST", "/account/api/second-factor/offer")
def offer_second_factor(world):
    return of(world.newcomer())


@right("POST", "/account/api/second-factor")
def turn_second_factor_on(world):
    browser = world.newcomer()
    secret = browser.must(200, "POST", "/account/api/second-factor/offer").json()["secret"]
    return of(browser, {"code": one_time_password(secret)})


def with_second_factor(world):
    browser = world.newcomer()
    secret = browser.must(200, "POST", "/account/api/second-factor/offer").json()["secret"]
    on = browser.must(200, "POST", "/account/api/second-factor", {"code": one_time_password(secret)})
    return browser, on.json()["codes"]


@right("POST", "/account/api/second-factor/off")
def turn_second_factor_off(world):
    browser, codes = with_second_factor(world)
    return of(browser, {"code": codes[0]})


@right("POST", "/account/api/second-factor/recovery")
def new_recovery_codes(world):
    browser, codes = with_second_factor(world)
    return of(browser, {"code": codes[0]})


@right("DELETE", "/account/api/sessions")
@right("POST", "/account/api/sign-out")
def leave(world):
    return of(world.newcomer())


@right("DELETE", "/account/api/sessions/{session}")
def end_a_session(world):
    address = world.address()
    world.on_account_page(address)
    browser = world.on_account_page(address)
    sessions = browser.must(200, "GET", "/account/api/state").json()["sessions"]
    other = next(session["id"] for session in sessions if not session["here"])
    return of(browser, path={"session": other})


@right("GET", "/account/api/state")
@right("GET", "/account/api/stored")
@right("GET", "/account")
def look_at_account(world):
    return of(world.adas_account())


# The widget's sessions


@right("POST", "/api/v1/sites/{site}/auth/email")
def ask_for_code(world):
    return dict(body={"email": world.address(), "challenge": challenge_of(new_verifier())})


@right("POST", "/api/v1/sites/{site}/auth/email/code")
def redeem_code(world):
    verifier, address = new_verifier(), world.address()
    world.as_widget("POST", "/auth/email", {"email": address, "challenge": challenge_of(verifier)})
    return dict(body={"verifier": verifier, "code": world.mail.code(address)})


@right("POST", "/api/v1/sites/{site}/auth/exchange")
def redeem_popup(world):
    browser = Browser(world)
    browser.open_popup()
    proof = {"tx": browser.tx, "email": "olga@example.org", "password": PASSWORD}
    code = browser.must(200, "POST", "/auth/popup/password", proof).json()["code"]
    return dict(body={"code": code, "verifier": browser.verifier})


@right("POST", "/api/v1/sites/{site}/auth/logout")
def sign_out(world):
    return dict(body={"refresh": world.member(world.address(), f"Leaver {world.number()}")["refresh"]})


@right("POST", "/api/v1/sites/{site}/auth/probe")
def probe(world):
    return dict(body={})


@right("POST", "/api/v1/sites/{site}/auth/refresh")
def refresh(world):
    return dict(body={"refresh": world.member(world.address(), f"Stayer {world.number()}")["refresh"]})


@right("POST", "/api/v1/sites/{site}/auth/sso")
def by_site(world):
    number = world.number()
    return dict(body={"token": signed_by_site(world.sso_secret, f"member-{number}", f"Reader {number}")})


@right("PUT", "/api/v1/sites/{site}/me/name")
def name_on_widget(world):
    return dict(body={"name": f"Ada {world.number()}"}, token=world.ada()["access"])


# Comments


@right("POST", "/api/v1/sites/{site}/comments")
def post(world):
    number = world.number()
    body = world.draft(f"/page-{number}", f"Another *thought*, number {number}.")
    return dict(body=body, token=world.ada()["access"])


@right("PATCH", "/api/v1/sites/{site}/comments/{comment}")
def edit(world):
    return dict(own(world), body={"body": f"Better said, number {world.number()}."})


@right("DELETE", "/api/v1/sites/{site}/comments/{comment}")
@right("GET", "/api/v1/sites/{site}/comments/{comment}/source")
def own(world):
    token, number = world.ada()["access"], world.number()
    # On a page of its own: a case may have closed any other.
    comment = world.post(token, f"/page-{number}", f"Said once, number {number}.")
    return dict(path={"comment": comment}, token=token)


@right("PUT", "/api/v1/sites/{site}/comments/{comment}/like")
@right("DELETE", "/api/v1/sites/{site}/comments/{comment}/like")
def like(world):
    return dict(path={"comment": world.comment}, token=world.ada()["access"])


@right("POST", "/api/v1/sites/{site}/comments/{comment}/moderation")
def moderate(world):
    number = world.number()
    comment = world.post(world.owner_token(), f"/page-{number}", f"For the queue, number {number}.")
    return dict(path={"comment": comment}, body={"verdict": "approve"}, token=world.owner_token())


@right("GET", "/api/v1/sites/{site}/comments/{comment}/revisions")
def revisions(world):
    return dict(path={"comment": world.reply}, token=world.owner_token())


@right("GET", "/api/v1/sites/{site}/comments/{comment}")
@right("GET", "/c/{comment}")
def one(world):
    return dict(path={"comment": world.reply})


@right("PUT", "/api/v1/sites/{site}/threads/{thread}/closed")
def close(world):
    closed = world.number() % 2 == 0
    return dict(path={"thread": str(world.spare_thread)}, body={"closed": closed}, token=world.owner_token())


@right("GET", "/api/v1/sites/{site}/thread")
@right("GET", "/sites/{site}/t")
@right("GET", "/api/v1/sites/{site}/counts")
def thread(world):
    return dict(query={"page": "/a-post"})


@right("GET", "/api/v1/sites/{site}/mine")
def mine(world):
    return dict(query={"page": "/a-post"}, token=world.ada()["access"])


@right("GET", "/api/v1/sites/{site}/replies")
def replies(world):
    return dict(query={"thread": str(world.thread), "root": world.comment})


@right("POST", "/api/v1/sites/{site}/guests/proof")
def guest_work(world):
    guest = f"gt_{new_verifier()}"
    page = {"url": f"{ORIGIN}/a-post", "title": "A post"}
    return dict(path={"site": "shop"}, body={"page": page}, token=guest)


@right("POST", "/api/v1/sites/{site}/preview")
def preview(world):
    return dict(body={"body": "1. *one*\n2. `two`\n\n> three\n\n    four"})


# The popup, and links in mails


@right("GET", "/auth/popup")
def open_popup(world):
    challenge = challenge_of(new_verifier())
    return dict(query={"site": "blog", "origin": ORIGIN, "ch": challenge, "st": "a-mark-of-the-widget"})


@right("POST", "/auth/popup/password")
def popup_password(world):
    browser = in_popup(world)
    return of(browser, {"tx": browser.tx, "email": "olga@example.org", "password": PASSWORD})


@right("POST", "/auth/popup/continue")
def popup_continue(world):
    browser = Browser(world)
    browser.cookies = dict(world.adas_account().cookies)
    browser.open_popup()
    return of(browser, {"tx": browser.tx})


@right("POST", "/auth/popup/finish")
def popup_finish(world):
    browser = in_popup(world)
    # Two answers are right: before the link of the mail was used, and after.
    if world.number() % 2:
        browser.prove_by_mail(world.address())
    else:
        browser.must(202, "POST", "/auth/popup/mail", {"tx": browser.tx, "email": world.address()})
    return of(browser, {"tx": browser.tx})


@right("POST", "/auth/popup/mail")
def popup_mail(world):
    browser = in_popup(world)
    return of(browser, {"tx": browser.tx, "email": world.address()})


@right("POST", "/auth/mail/look")
@right("POST", "/auth/mail/use")
def use_mail(world):
    browser, address = in_popup(world), world.address()
    browser.must(202, "POST", "/auth/popup/mail", {"tx": browser.tx, "email": address})
    return of(browser, {"token": world.mail.link(address)})


@right("POST", "/auth/popup/provider")
def to_provider(world):
    browser = in_popup(world)
    return of(browser, {"tx": browser.tx, "provider": "github"})


@right("POST", "/auth/popup/sign-out")
def popup_sign_out(world):
    return of(world.newcomer())


def in_popup(world):
    browser = Browser(world)
    browser.open_popup()
    return browser


@right("POST", "/auth/cb/{provider}")
def form_from_provider(world):
    return dict(path={"provider": "github"}, form={"state": "x", "code": "y"})


@right("POST", "/auth/{provider}/deletion")
def deletion(world):
    signed = signed_request(PROVIDER_SECRET, f"person-{world.number()}")
    return dict(path={"provider": "facebook"}, form={"signed_request": signed})


@right("GET", "/auth/{provider}/deletion")
def deletion_status(world):
    return dict(path={"provider": "facebook"})


# The dashboard


@right("POST", "/auth/link")
def link_of_command_line(world):
    printed = world.command("owner", "link", "--email", "olga@example.org")
    return dict(body={"token": printed.split("#")[-1].split()[0]})


@right("POST", "/dashboard/api/password")
def dashboard_password(world):
    return of(world.dashboard(), {"old": PASSWORD, "new": PASSWORD})


@right("POST", "/dashboard/api/sites")
def add_site(world):
    key = f"site-{world.number()}"
    return of(world.dashboard(), {"key": key, "name": "A site", "origins": [f"https://{key}.example"]})


@right("PATCH", "/dashboard/api/sites/{site}")
def change_site(world):
    return of(world.dashboard(), {"name": f"The Shop {world.number()}"})


@right("POST", "/dashboard/api/sites/{site}/sso")
def change_sso(world):
    return of(world.dashboard(), {"change": "new_secret"})


@right("GET", "/dashboard/api/sites/{site}/seen")
@right("GET", "/dashboard/api/state")
@right("POST", "/dashboard/api/test-mail")
def at_the_dashboard(world):
    return of(world.dashboard())


@right("POST", "/dashboard/api/sign-out")
def leave_dashboard(world):
    return dict(cookies={})


@right("POST", "/dashboard/sign-in")
def dashboard_sign_in(world):
    return dict(body={"email": "olga@example.org", "password": PASSWORD})


@right("GET", "/problems/{slug}")
def problem(world):
    return dict(path={"slug": "too-fast"})


@right("GET", "/widget/{file}")
def widget_file(world):
    return dict(path={"file": world.widget_file})
