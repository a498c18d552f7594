/** `afterword demo` as a newcomer walks through it: the busy thread, every other essay, the mailbox, the dashboard. */

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { Demo } from "./support/afterword.mjs";
import { PHONE } from "./support/browser.mjs";
import { eventually } from "./support/eventually.mjs";
import { OWNER, givePassword, openWindow } from "./support/owner.mjs";
import { demoScene } from "./support/scene.mjs";

let demo;
before(async () => (demo = await Demo.start()));
after(() => demo?.close());
const inDemo = (name, play) => demoScene(name, () => demo, play);

const BUSY = "/how-to-predict-the-sea";
const DARK = "/what-the-dark-is-for";
const RTL = "/the-harbour-coffee-house";
const STRICT = "/a-page-is-a-small-boat";
const CLOSED = "/the-footbridge-one-year-on";
const EMPTY = "/soup-for-the-week-of-the-big-winds";

/** Asks the page to note how much of it moves by itself. */
function watchShifts(person) {
  return person.page.addInitScript(() => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
      for (const { value, sources, hadRecentInput } of list.getEntries()) {
        if (!hadRecentInput) globalThis.shifts.push({ value, what: sources.map(({ node }) => node?.nodeName ?? "in a shadow") });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

inDemo("a newcomer opens the article, signs in with a code from the mailbox page, and joins in", async (stage) => {
  const ada = await stage.person("Ada");
  const thread = await ada.open(demo.said("article"));
  assert.equal(await thread.title.innerText(), "400 comments");
  await thread.say("I have read all of it, and I have a question.");
  const email = "ada@example.org";
  await thread.panel.getByRole("textbox", { name: "Email", exact: true }).fill(email);
  await thread.panel.getByRole("button", { name: "Email me a code" }).click();
  const field = thread.panel.getByRole("textbox", { name: "Six-digit code" });
  await field.waitFor();

  const article = ada.page;
  await ada.newTab();
  await ada.page.goto(demo.said("mailbox"));
  const mail = ada.page.getByRole("listitem").filter({ hasText: email });
  await mail.waitFor();
  const code = (await mail.getByText(/^\d{3} \d{3}$/).innerText()).trim();
  await ada.page.close();

  ada.look(article);
  await field.fill(code);
  await ada.thread.giveName("Ada");
  await ada.thread.comment("I have a question").appears();
  await ada.thread.focusIsOn(/^article "Comment by Ada"/);
  assert.equal(await ada.thread.title.innerText(), "401 comments");
  await ada.thread.comment("I have a question").remove();
  await ada.thread.comment("I have a question").vanishes();
});

inDemo("an account from elsewhere signs somebody in, and they come back as the same person", async (stage) => {
  const ada = await stage.person("Ada", { origins: [new URL(demo.said("Demo ID")).origin] });
  const thread = await ada.open(demo.said("article"));
  await thread.say("The tables and I disagree about Tuesday.");
  const window = await ada.popup(() => thread.panel.getByRole("button", { name: "Continue with Demo ID" }).click());
  await window.getByRole("heading", { name: "Who are you today?" }).waitFor();
  await Promise.all([window.waitForEvent("close"), window.getByRole("button", { name: "Sign in as Ada" }).click()]);
  await thread.giveName("Ada");
  await thread.comment("disagree about Tuesday").appears();
  await thread.comment("disagree about Tuesday").remove();
  await thread.comment("disagree about Tuesday").vanishes();

  // In another browser there is nothing of theirs but what Demo ID says.
  const again = await stage.person("Ada at the library", { origins: [new URL(demo.said("Demo ID")).origin] });
  await again.open(demo.said("article"));
  await again.thread.button("Sign in").click();
  const second = await again.popup(() => again.thread.panel.getByRole("button", { name: "Continue with Demo ID" }).click());
  await second.getByRole("button", { name: "Sign in as Ada" }).waitFor();
  await Promise.all([second.waitForEvent("close"), second.getByRole("button", { name: "Sign in as Ada" }).click()]);
  await again.thread.account.waitFor();
  await again.thread.write("x");
  await again.thread.box.getByText("Commenting as Ada · via Demo ID").waitFor();
});

inDemo("who would rather not say who they are is told so, and may think again", async (stage) => {
  const bruno = await stage.person("Bruno", { origins: [new URL(demo.said("Demo ID")).origin] });
  const thread = await bruno.open(demo.said("article"));
  await thread.button("Sign in").click();
  const window = await bruno.popup(() => thread.panel.getByRole("button", { name: "Continue with Demo ID" }).click());
  await window.getByRole("button", { name: "Cancel" }).click();
  await window.getByRole("heading", { name: "Demo ID did not sign you in" }).waitFor();
  await window.getByRole("button", { name: "Try again" }).click();
  await Promise.all([window.waitForEvent("close"), window.getByRole("button", { name: "Sign in as Bruno" }).click()]);
  await bruno.thread.giveName("Bruno");
  await bruno.thread.account.waitFor();
});

inDemo("who reads down to the comments sees nothing move by itself", async (stage) => {
  for (const path of [BUSY, DARK, RTL, CLOSED, EMPTY]) {
    const ada = await stage.person(`Ada on ${path}`);
    await watchShifts(ada);
    await ada.page.goto(stage.host.origin + path);
    const place = ada.page.locator("afterword-thread");
    await place.waitFor({ state: "attached" });
    const distance = () => place.evaluate((element) => element.getBoundingClientRect().top - innerHeight);
    // Reads on until the comments are near enough to be fetched, and looks up again once they are there.
    while ((await distance()) > 900) {
      const before = await distance();
      await ada.page.mouse.wheel(0, 400);
      await eventually("the page to scroll", async () => (await distance()) < before);
    }
    await ada.thread.title.waitFor({ state: "attached" });
    while ((await distance()) > -600) {
      const [before, left] = await Promise.all([distance(), ada.page.evaluate(() => document.documentElement.scrollHeight - innerHeight - scrollY)]);
      if (left < 5) break;
      await ada.page.mouse.wheel(0, 300);
      await eventually("the page to scroll", async () => (await distance()) < before);
    }
    await ada.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    assert.deepEqual(await ada.page.evaluate(() => globalThis.shifts), [], path);
    await ada.context.close();
  }
});

inDemo("the comments load when they come near, and at once if the address asks for them", async (stage) => {
  const ada = await stage.person("Ada");
  const asked = [];
  ada.page.on("request", (request) => asked.push(request.url()));
  const far = () => asked.filter((url) => url.includes("/thread?") || /\/widget\/thread-/.test(url));
  await ada.page.setViewportSize({ width: 1200, height: 400 });
  await ada.page.goto(stage.host.origin + BUSY);
  await ada.page.waitForLoadState("networkidle");
  assert.deepEqual(far(), [], "nothing is fetched for who reads the beginning");
  await ada.page.locator("afterword-thread").scrollIntoViewIfNeeded();
  await ada.thread.ready();

  asked.length = 0;
  await ada.page.goto("about:blank");
  await ada.page.goto(`${stage.host.origin}${BUSY}#afterword`);
  await ada.thread.title.waitFor();
  const top = await ada.page.locator("afterword-thread").evaluate((element) => element.getBoundingClientRect().top);
  assert.ok(Math.abs(top) < 400, `the comments are in view (${top})`);
});

inDemo("four hundred comments come a page at a time, each once, and the focus goes on", async (stage) => {
  const ada = await stage.person("Ada");
  const thread = await ada.open(stage.host.origin + BUSY);
  const ids = () => thread.comments.evaluateAll((all) => all.map((each) => each.id));
  const first = await ids();
  assert.ok(first.length < 400);
  const more = thread.button("Show more comments");
  await more.waitFor();
  let before = first;
  for (let pages = 0; await more.count(); pages++) {
    assert.ok(pages < 12, "it comes to an end");
    await more.click();
    await eventually("more comments", async () => (await ids()).length > before.length);
    const now = await ids();
    const first = now.find((id) => !before.includes(id));
    const focused = await eventually("the focus on the first new one", async () =>
      thread.box.evaluate((element) => element.shadowRoot.activeElement?.id || null));
    assert.equal(focused, first);
    before = now;
  }
  for (const button of await thread.button(/^Show [\d,]+ more repl/).all()) await button.click();
  await eventually("every reply", async () => (await thread.button(/^Show [\d,]+ more repl/).count()) === 0);
  const all = await ids();
  assert.equal(new Set(all).size, all.length, "no comment twice");
  const shown = await thread.comments.evaluateAll((each) => each.filter((one) => one.getAttribute("aria-label")).length);
  assert.equal(shown, 400);
});

inDemo("the order is the reader's, and it is remembered", async (stage) => {
  const ada = await stage.person("Ada");
  const thread = await ada.open(stage.host.origin + BUSY);
  const order = thread.box.getByRole("combobox", { name: "Order" });
  const moments = () => thread.box.evaluate((element) => [...element.shadowRoot.querySelectorAll("ol.talks > li > article time")].map((time) => time.dateTime));
  assert.equal(await order.inputValue(), "oldest");
  await order.selectOption({ label: "Newest" });
  await eventually("the newest first", async () => {
    const found = (await moments()).slice(1, 20); // The pinned one stays on top.
    return found.length > 5 && found.join() === [...found].sort().toReversed().join();
  });
  await ada.reload();
  assert.equal(await order.inputValue(), "newest");
  await order.selectOption({ label: "Best" });
  const likes = () => thread.box.evaluate((element) => [...element.shadowRoot.querySelectorAll("ol.talks > li > article")].map((each) =>
    Number(/(\d+) like/.exec([...each.querySelectorAll("[aria-label]")].map((one) => one.getAttribute("aria-label")).join())?.[1] ?? 0)));
  await eventually("the best first", async () => {
    const found = (await likes()).slice(1, 20);
    return found.length > 5 && found.join() === [...found].sort((a, b) => b - a).join();
  });
  await order.selectOption({ label: "Oldest" });
  await thread.button("Jump to newest").click();
  await eventually("the newest", async () => (await order.inputValue()) === "newest");
});

inDemo("a link to a comment far down leads to it, with what it answers", async (stage) => {
  const { conversations } = await (await fetch(`${stage.server.base}/api/v1/sites/demo/thread?page=${BUSY}&order=newest`)).json();
  const talk = conversations.find(({ pinned, comments }) => !pinned && comments.length > 1 && comments.at(-1).state === "published");
  const target = talk.comments.at(-1);
  const ada = await stage.person("Ada");
  await ada.page.goto(`${stage.host.origin}${BUSY}#afterword-${target.id}`);
  await ada.thread.title.waitFor();
  const article = ada.thread.box.locator(`[id="c-${target.id}"]`);
  await article.waitFor();
  await eventually("the focus on it", () => article.evaluate((element) => element.getRootNode().activeElement === element));
  await eventually("it to be in view", () => article.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= -1 && top < innerHeight && bottom > 0;
  }));
  await ada.thread.box.locator(`[id="c-${talk.root}"]`).waitFor({ state: "attached" });

  // A short address on the server leads to the same place.
  const answer = await fetch(`${stage.server.base}/c/${target.id}`, { redirect: "manual" });
  assert.equal(answer.status, 302);
  assert.equal(answer.headers.get("location"), `${stage.host.origin}${BUSY}#afterword-${target.id}`);
});

inDemo("a link to a comment that is gone says so", async (stage) => {
  const ada = await stage.person("Ada");
  ada.trouble.expect(/status of 404/);
  await ada.page.goto(`${stage.host.origin}${BUSY}#afterword-0190163d-8694-739b-aea5-966c26f8ad91`);
  await ada.thread.hears("That comment is not here any more.");
});

inDemo("Back finds the loaded pages and the place again", async (stage) => {
  const ada = await stage.person("Ada");
  const thread = await ada.open(stage.host.origin + BUSY);
  await thread.comments.nth(60).waitFor({ state: "attached" });
  const few = await thread.comments.count();
  await thread.button("Show more comments").click();
  await eventually("the second page", async () => (await thread.comments.count()) > few);
  const loaded = await thread.comments.count();
  const left = thread.comments.nth(loaded - 30);
  await left.evaluate((element) => element.scrollIntoView({ block: "center" }));
  // What far comments are high is an estimate until they are drawn: the place is the comment, not a number of pixels.
  const topOf = (id) => thread.box.evaluate((element, one) => element.shadowRoot.getElementById(one).getBoundingClientRect().top, id);
  const id = await left.getAttribute("id");
  await eventually("the page to rest", async () => {
    const before = await topOf(id);
    await ada.page.evaluate(() => new Promise(requestAnimationFrame));
    return before === (await topOf(id));
  });
  const top = await topOf(id);
  await ada.page.goto(`${stage.host.origin}/about`);
  await ada.page.goBack();
  await thread.title.waitFor({ state: "attached" });
  await eventually("as many comments", async () => (await thread.comments.count()) === loaded);
  await eventually("the same place", async () => Math.abs((await topOf(id)) - top) < 60);
});

inDemo("deep replies stop moving to the side, and nothing is wider than a phone", async (stage) => {
  const ada = await stage.person("Ada", { viewport: PHONE, isMobile: true, hasTouch: true });
  for (const path of [BUSY, DARK, RTL, STRICT, CLOSED, EMPTY]) {
    const thread = await ada.open(stage.host.origin + path);
    const wide = await ada.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${path} is ${wide} px too wide`);
    const narrowest = await thread.box.evaluate((element) => Math.min(...[...element.shadowRoot.querySelectorAll("article .body")].map((body) => body.clientWidth)));
    assert.ok(narrowest > 200, `${path}: the narrowest text is ${narrowest} px wide`);
  }
});

inDemo("every essay shows what it is there to show", async (stage) => {
  const ada = await stage.person("Ada");
  const dark = await ada.open(stage.host.origin + DARK);
  const brightness = await dark.comments.first().evaluate((element) => Math.max(...getComputedStyle(element).color.match(/\d+/g).slice(0, 3).map(Number)));
  assert.ok(brightness > 128, "light text on a dark page, whatever the system prefers");

  const rtl = await ada.open(stage.host.origin + RTL);
  await rtl.comments.first().waitFor();
  const leans = await rtl.box.evaluate((element) => {
    const avatar = element.shadowRoot.querySelector("article .avatar").getBoundingClientRect();
    const body = element.shadowRoot.querySelector("article .body").getBoundingClientRect();
    return avatar.left > body.left;
  });
  assert.ok(leans, "the avatar stands on the right");

  const strict = await ada.open(stage.host.origin + STRICT);
  await strict.composer.waitFor();
  const closed = await ada.open(stage.host.origin + CLOSED);
  await closed.says("Comments are closed");
  assert.equal(await closed.composer.count(), 0);
  const empty = await ada.open(stage.host.origin + EMPTY);
  await empty.says("No comments yet. What do you think?");
});

inDemo("without JavaScript the conversation can be read on a page of its own", async (stage) => {
  const ada = await stage.person("Ada", { javaScriptEnabled: false });
  await ada.page.goto(stage.host.origin + BUSY);
  await ada.page.getByRole("link", { name: "Read what others said about this essay" }).click();
  await ada.page.getByRole("heading", { name: /How to Predict the Sea/ }).waitFor();
  await ada.page.getByText("400 comments").waitFor();
  const first = await ada.page.getByRole("article").count();
  assert.ok(first > 20);
  await ada.page.getByRole("article").filter({ hasText: "squashed moth" }).first().waitFor();
  await ada.page.getByRole("link", { name: "More comments" }).click();
  await ada.page.getByRole("article").first().waitFor();
  assert.equal(await ada.page.getByRole("article").filter({ hasText: "squashed moth" }).count(), 0, "another page of it");
  await ada.page.getByRole("link", { name: "Newest" }).click();
  await ada.page.getByRole("article").first().waitFor();
});

inDemo("the set-up link makes an owner, who finds the demo's site and moderates in the article", async (stage) => {
  const owner = await stage.person("Olive");
  const { page } = owner;
  await page.goto(demo.said("set-up"));
  await page.getByRole("textbox", { name: "Your name" }).fill(OWNER.name);
  await page.getByRole("textbox", { name: "Email" }).fill(OWNER.email);
  await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Use this one" }).click();
  await page.getByText(`Seen on ${stage.host.origin}`).first().waitFor();

  const thread = await owner.open(stage.host.origin + DARK);
  await thread.button("Sign in").click();
  const window = await openWindow(owner);
  await Promise.all([window.waitForEvent("close"), givePassword(window)]);
  await thread.account.waitFor();
  await thread.comments.first().getByRole("group", { name: "Moderate" }).getByRole("button", { name: /^(Pin|Unpin)$/ }).waitFor();
});
