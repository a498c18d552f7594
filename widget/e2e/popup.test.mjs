/** Signing in on the server's own page: a real window, one message, and the ways round what browsers do to either. */

import assert from "node:assert/strict";
import { OWNER, askForWindow, givePassword, makeOwner, openWindow, signInByPassword } from "./support/owner.mjs";
import { scene } from "./support/scene.mjs";
import { answered } from "./support/trouble.mjs";

/** Keeps every message that the page hears. */
const OVERHEAR = "<script>heard = []; addEventListener('message', (event) => heard.push({ origin: event.origin, data: event.data }));</script>";

scene("a password is typed into the server's own window, and one code comes back", async (stage) => {
  await makeOwner(stage.server);
  const owner = await stage.person("Olive");
  const thread = await owner.open(stage.article("/article", { head: OVERHEAR }));
  await thread.button("Sign in").click();
  const window = await openWindow(owner);
  const address = new URL(window.url());
  assert.equal(address.origin, new URL(stage.server.base).origin);
  assert.equal(address.searchParams.get("origin"), stage.host.origin);
  await window.getByRole("heading", { name: "Sign in to The Blog" }).waitFor();

  owner.trouble.expect(answered(403));
  await givePassword(window, { ...OWNER, password: "not the password at all" });
  await window.getByRole("alert").waitFor();
  assert.equal(window.isClosed(), false);
  await Promise.all([window.waitForEvent("close"), givePassword(window)]);
  await thread.account.and(owner.page.getByLabel("Your account: Olive Owner")).waitFor();

  const heard = await owner.page.evaluate(() => globalThis.heard);
  assert.equal(heard.length, 1, "one message, and nothing else");
  assert.equal(heard[0].origin, address.origin);
  assert.deepEqual(Object.keys(heard[0].data).sort(), ["c", "st", "t", "v"]);
  assert.equal(heard[0].data.st, address.searchParams.get("st"));

  await owner.reload();
  await thread.account.waitFor();
  await thread.say("I run this place.");
  await thread.comment("I run this place").says("owner");
});

scene("who signed in before continues with one click, and never without it", async (stage) => {
  await makeOwner(stage.server);
  const owner = await stage.person("Olive");
  const thread = await owner.open(stage.article());
  await signInByPassword(owner);
  await thread.signOut();

  await thread.button("Sign in").click();
  const window = await openWindow(owner);
  const known = window.getByRole("button", { name: "Continue as Olive Owner on blog.localhost" });
  await known.waitFor();
  assert.equal(await thread.account.count(), 0, "nothing happens before the click");
  await Promise.all([window.waitForEvent("close"), known.click()]);
  await thread.account.waitFor();
});

scene("a page that cuts its windows off takes the code by hand", async (stage) => {
  await makeOwner(stage.server);
  const owner = await stage.person("Olive");
  const thread = await owner.open(stage.article("/article", { headers: { "cross-origin-opener-policy": "same-origin" } }));
  await thread.button("Sign in").click();
  const window = await openWindow(owner);
  await givePassword(window);
  await window.getByRole("heading", { name: "One more step" }).waitFor();
  const code = (await window.getByText(/^[A-Z0-9]{4}[ -]?[A-Z0-9]{4}$/).innerText()).trim();

  const field = thread.panel.getByRole("textbox", { name: "Code from the window" });
  const wrong = code.replace(/^./, (first) => (first === "A" ? "B" : "A"));
  owner.trouble.expect(answered(403));
  await field.fill(wrong);
  await thread.panel.getByRole("button", { name: "Use code" }).click();
  await thread.panel.getByRole("alert").waitFor();
  await field.fill(`${code.slice(0, 4).toLowerCase()} ${code.slice(-4)}`);
  await thread.panel.getByRole("button", { name: "Use code" }).click();
  await thread.account.waitFor();
  await owner.reload();
  await thread.account.waitFor();
});

scene("where windows are blocked, the page itself goes there and comes back", async (stage) => {
  await makeOwner(stage.server);
  const owner = await stage.person("Olive");
  await owner.context.addInitScript(() => (window.open = () => null));
  const article = stage.article();
  const thread = await owner.open(article);
  await thread.write("Half a sentence");
  await thread.button("Sign in").click();
  await askForWindow(owner);
  await thread.says("Your browser blocked the window.");
  await thread.panel.getByRole("button", { name: "Sign in on this page instead" }).click();
  await owner.page.getByRole("heading", { name: "Sign in to The Blog" }).waitFor();
  await givePassword(owner.page);
  await owner.page.waitForURL(`${article}**`);
  await thread.ready();
  await thread.account.waitFor();
  assert.equal(owner.page.url(), article, "the code is gone from the address");
  await thread.holds("Half a sentence");
  await owner.page.goBack();
  await owner.page.goForward();
  await thread.ready();
  assert.equal(owner.page.url(), article, "nor is it in the history");
});

scene("a link in a mail signs in the window that waits for it, and nobody in another browser", async (stage) => {
  await makeOwner(stage.server);
  const owner = await stage.person("Olive");
  const thread = await owner.open(stage.article());
  await thread.button("Sign in").click();
  const window = await openWindow(owner);
  await window.getByRole("textbox", { name: "Email" }).fill(OWNER.email);
  await window.getByRole("button", { name: "Email me a link instead" }).click();
  await window.getByRole("heading", { name: "Check your email" }).waitFor();
  await window.getByRole("button", { name: "I have opened the link" }).click();
  await window.getByRole("alert").filter({ hasText: "not used yet" }).waitFor();
  const link = await stage.mailbox.linkFor(OWNER.email);
  // A phone may drop the window while its owner reads mail: loaded again, it still knows what it waits for.
  await window.reload();
  await window.getByRole("heading", { name: "Sign in to The Blog" }).waitFor();

  const stranger = await stage.person("Mallory");
  await stranger.page.goto(link);
  await stranger.page.getByRole("heading", { name: "This link was asked for in another browser" }).waitFor();
  assert.equal(await stranger.page.getByRole("button").count(), 0, "there is nothing to press");

  const mail = await owner.newTab();
  await mail.goto(link);
  assert.equal(new URL(mail.url()).hash, "", "the token is gone from the address");
  await mail.getByRole("heading", { name: "Sign in to The Blog" }).waitFor();
  assert.equal(window.isClosed(), false, "looking at it signs nobody in");
  await Promise.all([window.waitForEvent("close"), mail.getByRole("button", { name: "Sign in" }).click()]);
  await mail.getByRole("heading", { name: "You’re signed in" }).waitFor();
  await thread.account.waitFor();
  await mail.goto("about:blank");
  owner.trouble.expect(answered(410));
  await mail.goto(link);
  await mail.getByRole("heading", { name: "This link does not work any more" }).waitFor();
});

scene("a closed window can be opened again", async (stage) => {
  await makeOwner(stage.server);
  const owner = await stage.person("Olive");
  const thread = await owner.open(stage.article());
  await thread.button("Sign in").click();
  const first = await openWindow(owner);
  await Promise.all([first.waitForEvent("close"), first.getByRole("button", { name: "Cancel" }).click()]);
  const again = await owner.popup(() => thread.panel.getByRole("button", { name: "Open the window again" }).click());
  await Promise.all([again.waitForEvent("close"), givePassword(again)]);
  await thread.account.waitFor();
});

scene("the window refuses a page that is not the site's", async (stage) => {
  const owner = await stage.person("Olive");
  owner.trouble.expect(answered(403));
  const query = new URLSearchParams({ site: "blog", origin: "https://evil.example", ch: "A".repeat(43), st: "B".repeat(22) });
  const answer = await owner.page.goto(`${stage.server.base}/auth/popup?${query}`);
  assert.equal(answer.status(), 403);
  assert.equal(await owner.page.getByRole("textbox").count(), 0, "no password is asked for");
});

scene("twenty forged messages sign nobody in", async (stage) => {
  await makeOwner(stage.server);
  const owner = await stage.person("Olive");
  const page = stage.article("/article");
  const thread = await owner.open(page);
  await thread.button("Sign in").click();
  const window = await openWindow(owner);
  const st = new URL(window.url()).searchParams.get("st");
  const asked = [];
  owner.page.on("request", (request) => request.url().includes("/auth/exchange") && asked.push(request.url()));

  // From the page itself, and from a frame of another origin in it: none of them is the window that was opened.
  const frame = stage.host.page("/frame", "<!doctype html><title>frame</title>").replace("blog.localhost", "evil.localhost");
  owner.trouble.expect(/asked a stranger: GET http:\/\/evil\.localhost/);
  const heard = await owner.page.evaluate(async ({ st, frame, server }) => {
    let count = 0;
    addEventListener("message", () => count++);
    const c = "C".repeat(43);
    const good = { v: 1, t: "aw.code", st, c };
    const forged = [
      good, { ...good, v: 2 }, { ...good, v: "1" }, { ...good, t: "aw.ack" }, { ...good, st: "" }, { ...good, st: null }, { ...good, st: [st] },
      { ...good, c: "" }, { ...good, c: null }, { ...good, c: 7 }, { ...good, c: "<script>" }, { ...good, c: "C".repeat(5000) }, { ...good, more: 1 },
      Object.assign(Object.create({ v: 1, t: "aw.code", st, c }), {}), [1, "aw.code", st, c], JSON.stringify(good), null, 0, true, "aw.code",
    ];
    const inner = document.body.appendChild(document.createElement("iframe"));
    inner.src = frame;
    await new Promise((resolve) => inner.addEventListener("load", resolve, { once: true }));
    for (const data of forged) {
      window.postMessage(data, "*");
      dispatchEvent(new MessageEvent("message", { data, origin: server, source: inner.contentWindow }));
      dispatchEvent(new MessageEvent("message", { data, origin: server, source: null }));
      dispatchEvent(new MessageEvent("message", { data, origin: server, source: window }));
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
    return count;
  }, { st, frame, server: new URL(stage.server.base).origin });
  assert.equal(heard, 80, "all of them were heard");
  assert.deepEqual(asked, [], "none of them was taken for a code");
  assert.equal(await thread.account.count(), 0);

  // The real one still counts.
  await Promise.all([window.waitForEvent("close"), givePassword(window)]);
  await thread.account.waitFor();
  assert.equal(asked.length, 1);
});
