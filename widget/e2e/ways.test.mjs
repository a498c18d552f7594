/** Signing in with an account from elsewhere: what readers see of it, and the ways round what goes wrong. */

import assert from "node:assert/strict";
import { PHONE } from "./support/browser.mjs";
import { authenticator, onAccountPage, section } from "./support/account.mjs";
import { makeOwner } from "./support/owner.mjs";
import { Provider } from "./support/provider.mjs";
import { scene } from "./support/scene.mjs";
import { answered } from "./support/trouble.mjs";

/** A scene with a provider that stands under these names. */
function elsewhere(name, names, play) {
  let provider;
  const setting = async () => {
    provider = await Provider.listen();
    return { settings: provider.settings(...names), origins: [provider.origin] };
  };
  return scene(name, setting, (stage) => play(stage, stage.keep(provider)));
}

const way = (thread, name) => thread.panel.getByRole("button", { name: `Continue with ${name}` });

/** Presses a provider's button, and gives its page. Who is `known` to the server is not sent on without a click. */
async function depart(person, name, { known = false } = {}) {
  const window = await person.popup(() => way(person.thread, name).click());
  if (known) {
    await window.getByText("Use another account").click();
    await window.getByRole("button", { name: `Continue with ${name}` }).click();
  }
  await window.getByRole("heading", { name: "Elsewhere" }).waitFor();
  return window;
}

/** Who is new here takes the name they have there. */
async function takeName(thread, name = "Wren Elsewhere") {
  const field = thread.panel.getByRole("textbox", { name: "Display name" });
  await field.waitFor();
  assert.equal(await field.inputValue(), name);
  await thread.panel.getByRole("button", { name: "Continue" }).click();
}

const allow = (window) => window.getByRole("link", { name: "Allow" }).click();

elsewhere("an icon leads to its provider and back, signed in, and comes first the next time", ["harbour", "lighthouse", "ferry", "buoy", "anchor"], async (stage) => {
  const wren = await stage.person("Wren");
  const thread = await wren.open(stage.article());
  await thread.write("Said with an account from elsewhere");
  await thread.post.click();
  await way(thread, "Harbour").waitFor();
  const names = async () => (await thread.panel.getByRole("button", { name: /^Continue with/ }).all()).length;
  assert.equal(await names(), 4);
  await thread.panel.getByRole("button", { name: "More", exact: true }).click();
  await way(thread, "Anchor").waitFor();

  const window = await depart(wren, "Anchor");
  await Promise.all([window.waitForEvent("close"), allow(window)]);
  await takeName(thread);
  await thread.comment("Said with an account").appears();
  await thread.says("Wren Elsewhere");
  await thread.write("And more");
  await thread.says("Commenting as Wren Elsewhere · via Anchor");
  await thread.button("Log out").click();
  await thread.button("Sign in").click();
  await way(thread, "Anchor").waitFor();
  const first = await thread.panel.getByRole("button", { name: /^Continue with/ }).first().getAttribute("aria-label");
  assert.equal(first, "Continue with Anchor");
  await wren.reload();
  await thread.button("Sign in").click();
  await thread.panel.getByText("Last used").waitFor();
});

elsewhere("where windows are blocked, the page goes to the provider itself and comes back with the text", ["harbour"], async (stage) => {
  const wren = await stage.person("Wren");
  await wren.context.addInitScript(() => (window.open = () => null));
  const article = stage.article();
  const thread = await wren.open(article);
  await thread.write("Half a sentence");
  await thread.button("Sign in").click();
  await way(thread, "Harbour").click();
  await thread.says("Your browser blocked the window.");
  await thread.panel.getByRole("button", { name: "Sign in on this page instead" }).click();
  await wren.page.getByRole("heading", { name: "Elsewhere" }).waitFor();
  await allow(wren.page);
  await wren.page.waitForURL(`${article}**`);
  await thread.ready();
  await takeName(thread);
  await thread.account.waitFor();
  assert.equal(wren.page.url(), article, "the code is gone from the address");
  await thread.holds("Half a sentence");
});

elsewhere("a provider that cuts the window off leaves a code to paste", ["harbour"], async (stage, provider) => {
  provider.headers = { "cross-origin-opener-policy": "same-origin" };
  const wren = await stage.person("Wren");
  const thread = await wren.open(stage.article());
  await thread.button("Sign in").click();
  const window = await depart(wren, "Harbour");
  await allow(window);
  await window.getByRole("heading", { name: "One more step" }).waitFor();
  const code = await window.getByText(/^[A-Z0-9]{4}[ -]?[A-Z0-9]{4}$/).innerText();
  await thread.panel.getByRole("textbox", { name: "Code from the window" }).fill(code);
  await thread.panel.getByRole("button", { name: "Use code" }).click();
  await takeName(thread);
  await thread.account.waitFor();
});

elsewhere("who cancels there is asked again here, and may take another way", ["harbour"], async (stage) => {
  const wren = await stage.person("Wren");
  const thread = await wren.open(stage.article());
  await thread.button("Sign in").click();
  const window = await depart(wren, "Harbour");
  await window.getByRole("link", { name: "Cancel" }).click();
  await window.getByRole("button", { name: "Try again" }).waitFor();
  await window.getByRole("button", { name: "Other ways to sign in" }).click();
  await window.getByRole("heading", { name: "Sign in to The Blog" }).waitFor();
  await window.getByRole("button", { name: "Continue with Harbour" }).click();
  await window.getByRole("heading", { name: "Elsewhere" }).waitFor();
  await Promise.all([window.waitForEvent("close"), allow(window)]);
  await takeName(thread);
  await thread.account.waitFor();
});

elsewhere("a provider in trouble is named, with what to do next", ["harbour"], async (stage, provider) => {
  provider.broken = 503;
  const wren = await stage.person("Wren");
  wren.trouble.expect(answered(502), answered(503));
  const thread = await wren.open(stage.article());
  await thread.button("Sign in").click();
  const window = await depart(wren, "Harbour");
  await allow(window);
  await window.getByRole("alert").filter({ hasText: "Harbour" }).waitFor();
  await window.getByRole("button", { name: "Try again" }).waitFor();
  provider.broken = null;
  await window.getByRole("button", { name: "Try again" }).click();
  await window.getByRole("heading", { name: "Elsewhere" }).waitFor();
  await Promise.all([window.waitForEvent("close"), allow(window)]);
  await takeName(thread);
  await thread.account.waitFor();
});

elsewhere("an address that somebody has here already is proved by its password, once", ["harbour"], async (stage, provider) => {
  const { makeOwner, OWNER } = await import("./support/owner.mjs");
  await makeOwner(stage.server);
  provider.person = { ...provider.person, email: OWNER.email };
  const olive = await stage.person("Olive");
  const thread = await olive.open(stage.article());
  const through = async (prove) => {
    await thread.button("Sign in").click();
    const window = await depart(olive, "Harbour", { known: !prove });
    await allow(window);
    if (prove) {
      await window.getByRole("heading", { name: "Is this account yours, too?" }).waitFor();
      await window.getByLabel("Password", { exact: true }).filter({ visible: true }).fill(OWNER.password);
      await Promise.all([window.waitForEvent("close"), window.getByRole("button", { name: "Continue", exact: true }).click()]);
    }
    await thread.account.and(olive.page.getByLabel(`Your account: ${OWNER.name}`)).waitFor();
  };
  await through(true);
  await thread.signOut();
  await through(false);
});

elsewhere("whose account has a second step is asked for its code on the way back, on a phone", ["harbour"], async (stage) => {
  await makeOwner(stage.server);
  const olive = await stage.person("Olive", { viewport: PHONE, colorScheme: "dark" });
  const account = await onAccountPage(olive, stage.server);
  await account.getByRole("button", { name: "Link Harbour" }).click();
  await allow(account);
  await account.getByText("@wren").or(account.getByText("wren", { exact: true })).first().waitFor();
  const factor = section(account, "Second step");
  await factor.getByRole("button", { name: "Set up an authenticator" }).click();
  const secret = await factor.locator(".secret").innerText();
  await factor.getByLabel("Code").fill(authenticator(secret));
  await factor.getByRole("button", { name: "Turn on" }).click();
  await factor.getByText("Keep these recovery codes").waitFor();
  await account.getByRole("button", { name: "Sign out", exact: true }).click();
  await account.getByRole("heading", { name: "Sign in to your account" }).waitFor();

  const thread = await olive.open(stage.article());
  await thread.button("Sign in").click();
  const window = await depart(olive, "Harbour");
  await allow(window);
  await window.getByRole("heading", { name: "One more step" }).waitFor();
  const code = window.getByLabel("Code from your authenticator").filter({ visible: true });
  assert.ok(await code.evaluate((field) => field === document.activeElement), "ready to type");
  olive.trouble.expect(answered(403));
  await code.fill("000000");
  await window.keyboard.press("Enter");
  await window.getByText("That code is not right").waitFor();
  if (process.env.PICTURES) await window.screenshot({ path: `${process.env.PICTURES}/second-step.png` });
  await code.fill(authenticator(secret, Date.now() + 30_000));
  await Promise.all([window.waitForEvent("close"), window.keyboard.press("Enter")]);
  await thread.write("Said after two steps");
  await thread.says("via Harbour");
});
