/** What a page's owner can do with the element: mount it, move it on, take it away; and how it looks like the page. */

import assert from "node:assert/strict";
import { PHONE } from "./support/browser.mjs";
import { eventually } from "./support/eventually.mjs";
import { scene } from "./support/scene.mjs";
import { focused } from "./support/thread.mjs";

async function threePages(stage) {
  const zoe = await stage.visitor().signIn(stage.mailbox, "zoe@example.org", "Zoe");
  await zoe.post("/one", "Under the first");
  await zoe.post("/two", "Under the second");
  return zoe;
}

scene("a single-page site mounts, moves on and takes away, and events tell it what happens", async (stage) => {
  await threePages(stage);
  const page = stage.host.page("/app", `<!doctype html><html lang="en"><title>App</title><h1>App</h1><div id="place"></div>
    <script src="${stage.server.base}/embed.js"></script>
    <script>
      events = [];
      for (const name of ["ready", "posted", "signed-in", "signed-out"]) addEventListener("afterword:" + name, (event) => events.push([name, event.detail]));
      mounted = Afterword.mount(document.querySelector("#place"), { site: "blog", page: "/one", lazy: "no" });
    </script></html>`);
  const ada = await stage.person("Ada");
  const thread = await ada.open(page);
  await thread.comment("Under the first").appears();
  await ada.page.evaluate(() => globalThis.mounted.update({ page: "/two" }));
  await thread.comment("Under the second").appears();
  assert.equal(await thread.comment("Under the first").article.count(), 0);

  await thread.say("From the app");
  await thread.signInByEmail(stage.mailbox, "ada@example.org", "Ada");
  await thread.comment("From the app").appears();
  await thread.signOut();
  await eventually("all events", async () => (await ada.page.evaluate(() => globalThis.events.length)) >= 5);
  const events = await ada.page.evaluate(() => globalThis.events);
  assert.deepEqual(events.map(([name]) => name), ["ready", "ready", "signed-in", "posted", "signed-out"]);
  assert.equal(events[0][1].count, 1);

  await ada.page.evaluate(() => globalThis.mounted.destroy());
  assert.equal(await ada.page.locator("afterword-thread").count(), 0);
});

scene("a page is known by its path, its canonical link or its name, whatever else its address holds", async (stage) => {
  const zoe = await threePages(stage);
  const ada = await stage.person("Ada");
  const thread = await ada.open(`${stage.article("/one")}?utm_source=x#top`);
  await thread.comment("Under the first").appears();
  await ada.open(stage.article("/copy", { head: `<link rel="canonical" href="${stage.host.origin}/two">` }));
  await thread.comment("Under the second").appears();

  const named = stage.article("/named", { tag: 'data-page="post-7"' });
  await ada.open(named);
  await thread.say("Under its name");
  await thread.signInByEmail(stage.mailbox, "ada@example.org", "Ada");
  await thread.comment("Under its name").appears();
  await ada.open(stage.article("/moved", { tag: 'data-page="post-7"' }));
  await thread.comment("Under its name").appears();
  assert.equal((await zoe.get("/thread?page=id:post-7")).thread.count, 1);
});

scene("the widget is dark on a dark page and follows when the page changes its mind", async (stage) => {
  await threePages(stage);
  const dark = stage.article("/one", { head: "<style>html { background: #111; color: #eee; color-scheme: dark; } html.day { background: #fff; color: #111; color-scheme: light; }</style>" });
  const ada = await stage.person("Ada", { colorScheme: "light" });
  const thread = await ada.open(dark);
  await thread.comment("Under the first").appears();
  const shade = () => thread.comments.first().evaluate((element) => Math.max(...getComputedStyle(element).color.match(/\d+/g).slice(0, 3).map(Number)));
  assert.ok((await shade()) > 150);
  await ada.page.evaluate(() => document.documentElement.classList.add("day"));
  await eventually("a light widget", async () => (await shade()) < 100);
});

scene("everything can be reached and done with the keyboard alone", async (stage) => {
  await threePages(stage);
  const ada = await stage.person("Ada");
  const thread = await ada.open(stage.article("/one"));
  const { keyboard } = ada.page;
  const tabTo = async (pattern) => {
    for (let at = 0; at < 40; at++) {
      await keyboard.press("Tab");
      if (pattern.test(await focused(ada.page))) return;
    }
    assert.fail(`Tab never came to ${pattern}`);
  };
  await tabTo(/^textarea "Your comment"/);
  await keyboard.type("Typed, not clicked");
  await tabTo(/^button .*Post$/);
  await keyboard.press("Enter");
  await thread.panel.waitFor();
  await thread.focusIsOn(/^input/);
  await keyboard.type("ada@example.org");
  await keyboard.press("Enter");
  await thread.panel.getByRole("textbox", { name: "Six-digit code" }).waitFor();
  await thread.focusIsOn(/^input/);
  await keyboard.type(await stage.mailbox.codeFor("ada@example.org"));
  const name = thread.panel.getByRole("textbox", { name: "Display name" });
  await name.waitFor();
  await thread.focusIsOn(/^input/);
  const font = (place) => place.evaluate((element) => getComputedStyle(element).fontFamily);
  assert.equal(await font(name), await font(thread.box), "one types in the page's own font");
  await keyboard.type("Ada");
  await keyboard.press("Enter");
  await thread.comment("Typed, not clicked").appears();
  await thread.focusIsOn(/^article "Comment by Ada"/);
  await tabTo(/^button .*Remove/);
  await keyboard.press("Enter");
  await thread.focusIsOn(/Keep it/);
  await keyboard.press("Escape");
  await thread.focusIsOn(/^button .*Remove/);
});

scene("on a phone every target is large enough, and no text field makes the page zoom", async (stage) => {
  await threePages(stage);
  const ada = await stage.person("Ada", { viewport: PHONE, isMobile: true, hasTouch: true });
  const thread = await ada.open(stage.article("/one"));
  await thread.composer.tap();
  await thread.button("Sign in").tap();
  await thread.panel.waitFor();
  const small = await thread.box.evaluate((element) => [...element.shadowRoot.querySelectorAll("button, select, input, textarea")]
    .filter((each) => each.checkVisibility())
    .map((each) => ({ what: each.getAttribute("aria-label") ?? each.textContent, box: each.getBoundingClientRect(), size: parseFloat(getComputedStyle(each).fontSize), field: /^(INPUT|TEXTAREA|SELECT)$/.test(each.tagName) }))
    .filter(({ box, size, field }) => box.height < 43.5 || box.width < 24 || (field && size < 16))
    .map(({ what, box, size }) => `${what}: ${Math.round(box.width)} × ${Math.round(box.height)}, ${size}px`));
  assert.deepEqual(small, []);
});

scene("a comment's link is copied, and the address it makes leads back", async (stage) => {
  await threePages(stage);
  const ada = await stage.person("Ada");
  await ada.context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: stage.host.origin });
  const thread = await ada.open(stage.article("/one"));
  await thread.comment("Under the first").button("Copy link").click();
  await thread.hears("Link copied");
  const link = await ada.page.evaluate(() => navigator.clipboard.readText());
  assert.equal(link, `${stage.host.origin}/one#afterword-${await thread.comment("Under the first").id()}`);
  await ada.page.goto("about:blank");
  await ada.page.goto(link);
  await thread.focusIsOn(/Under the first/);
});
