/** Other ways to stand on the web: under a path, behind TLS with cookies that are partitioned, without third-party cookies. */

import assert from "node:assert/strict";
import { OWNER, givePassword, makeOwner, openWindow, signInByPassword } from "./support/owner.mjs";
import { scene } from "./support/scene.mjs";

scene("under a path behind a reverse proxy everything is found: widget, popup, set-up, permalinks", { path: "/comments", site: false }, async (stage) => {
  const asked = [];
  stage.proxy.weather = (request) => {
    asked.push(request.url);
    return "fair";
  };
  const owner = await stage.person("Olive");
  const { page } = owner;
  const link = await stage.server.ownerLink();
  assert.match(link, /\/comments\/setup#/);
  await page.goto(link);
  await page.getByRole("textbox", { name: "Your name" }).fill(OWNER.name);
  await page.getByRole("textbox", { name: "Email" }).fill(OWNER.email);
  await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("textbox", { name: "Name of your site" }).fill("The Blog");
  await page.getByRole("textbox", { name: "Its address" }).fill(stage.host.origin);
  await page.getByRole("textbox", { name: "Key" }).fill("blog");
  await page.getByRole("button", { name: "Add this site" }).click();
  const snippet = await page.getByRole("region", { name: "Snippet for your pages" }).innerText();
  assert.match(snippet, /\/comments\/embed\.js"/);
  const article = stage.host.page("/article", `<!doctype html><html lang="en"><title>An article</title><h1>An article</h1>${snippet}</html>`);

  const ada = await stage.person("Ada");
  const thread = await ada.open(article);
  await thread.say("Under a path");
  await thread.signInByEmail(stage.mailbox, "ada@example.org", "Ada");
  const mine = await thread.comment("Under a path").appears();
  await mine.reply("And an answer");
  await thread.comment("And an answer").appears();
  await ada.reload();
  await thread.comment("And an answer").appears();
  await thread.account.waitFor();
  const id = await mine.id();
  await ada.page.goto("about:blank");
  await ada.page.goto(`${stage.server.base}/c/${id}`);
  await ada.page.waitForURL(`${article}#afterword-${id}`);
  await thread.focusIsOn(/Under a path/);

  await owner.open(article);
  await signInByPassword(owner);
  await owner.thread.comment("Under a path").tool("Pin").click();
  await owner.thread.comment("Under a path").says("Pinned");
  await page.goto(`${stage.server.base}/dashboard`);
  await page.getByRole("link", { name: "The Blog" }).waitFor();
  assert.deepEqual(asked.filter((url) => !url.startsWith("/comments/")), [], "nothing was asked for outside the path");
});

const TLS = { tls: true };

/** What a script of the host page could steal. */
const stored = (person) => person.page.evaluate(() => JSON.stringify(localStorage));

scene("over TLS the session is in a cookie that no script can read, and survives a reload", TLS, async (stage) => {
  const ada = await stage.person("Ada");
  const thread = await ada.open(stage.article());
  await thread.signIn(stage.mailbox, "ada@example.org", "Ada");
  assert.doesNotMatch(await stored(ada), /rt_/, "no refresh token in the page's storage");
  const cookies = (await ada.context.cookies()).filter((cookie) => cookie.name === "__Host-aw-rt");
  assert.equal(cookies.length, 1);
  const [{ httpOnly, secure, sameSite, partitionKey }] = cookies;
  assert.deepEqual({ httpOnly, secure, sameSite }, { httpOnly: true, secure: true, sameSite: "None" });
  assert.match(JSON.stringify(partitionKey ?? ""), /blog\.example/, "it belongs to this page's site");
  await ada.reload();
  await thread.account.waitFor();
  await thread.say("Over TLS");
  await thread.comment("Over TLS").appears();
  await thread.signOut();
  assert.equal((await ada.context.cookies()).filter((cookie) => cookie.name === "__Host-aw-rt" && cookie.value).length, 0);
});

scene("over TLS the window signs in, and a second window continues", TLS, async (stage) => {
  await makeOwner(stage.server);
  const owner = await stage.person("Olive");
  const thread = await owner.open(stage.article());
  await signInByPassword(owner);
  const names = (await owner.context.cookies()).map(({ name }) => name).filter((name) => !name.startsWith("__Host-"));
  assert.deepEqual(names, [], "every cookie is bound to the server's own host");
  await owner.reload();
  await thread.account.waitFor();
  await thread.signOut();
  await thread.button("Sign in").click();
  const window = await openWindow(owner);
  await Promise.all([window.waitForEvent("close"), window.getByRole("button", { name: /^Continue as Olive Owner/ }).click()]);
  await thread.account.waitFor();
});

scene("a browser that keeps no cookies of ours signs in all the same", TLS, async (stage) => {
  const ada = await stage.person("Ada");
  // To the server it looks as in Firefox and older Safaris that block all cookies of others: none ever comes back.
  stage.proxy.weather = (request) => (request.url.includes("/api/v1/") ? "cookieless" : "fair");
  const thread = await ada.open(stage.article());
  await thread.signIn(stage.mailbox, "ada@example.org", "Ada");
  assert.match(await stored(ada), /rt_/, "the refresh token is kept where it can be");
  await ada.reload();
  await thread.account.waitFor();
});

scene("over TLS a page that cuts its windows off takes the code by hand", TLS, async (stage) => {
  await makeOwner(stage.server);
  const owner = await stage.person("Olive");
  const thread = await owner.open(stage.article("/article", { headers: { "cross-origin-opener-policy": "same-origin" } }));
  await thread.button("Sign in").click();
  const window = await openWindow(owner);
  await givePassword(window);
  const code = (await window.getByText(/^[A-Z0-9]{4}[ -]?[A-Z0-9]{4}$/).innerText()).trim();
  await thread.panel.getByRole("textbox", { name: "Code from the window" }).fill(code);
  await thread.panel.getByRole("button", { name: "Use code" }).click();
  await thread.account.waitFor();
});
