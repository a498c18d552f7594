/** Hostile comments: whatever they say, they are only ever text. */

import assert from "node:assert/strict";
import { scene } from "./support/scene.mjs";
import { BODIES, NAMES } from "./support/payloads.mjs";
import { makeOwner, openWindow, signInByPassword } from "./support/owner.mjs";

/** Every element that the widget draws, with every attribute it gives any of them. */
const ELEMENTS = "a article bdi blockquote br button code del div em footer h1 h2 h3 header i b input label li ol option p path pre section select span strong svg textarea time ul circle form nav".split(" ");
const ATTRIBUTES = ("aria-busy aria-describedby aria-expanded aria-hidden aria-label aria-labelledby aria-level aria-live aria-pressed class d data-theme data-forced datetime dir disabled href id lang "
  + "part placeholder rel role rows selected start style tabindex target title type value viewBox name autocomplete cx cy r data-testid maxlength").toLowerCase().split(" ");

/** What stands in a shadow root that should not. */
function intruders(page, { elements, attributes }) {
  return page.locator("afterword-thread").evaluate((host, [elements, attributes]) => {
    const found = [];
    for (const element of host.shadowRoot.querySelectorAll("*")) {
      const tag = element.localName;
      if (!elements.includes(tag)) found.push(`<${tag}>`);
      for (const { name, value } of element.attributes) {
        if (!attributes.includes(name.toLowerCase())) found.push(`<${tag} ${name}>`);
        if (name === "href" && !/^(https?:\/\/|mailto:|#)/.test(value)) found.push(`<${tag} href=${value}>`);
        if (name === "style" && /url\(|expression|@import/i.test(value)) found.push(`<${tag} style=${value}>`);
      }
      if (tag === "a" && element.closest(".body") && element.rel !== "nofollow ugc noopener noreferrer") found.push(`<a rel=${element.rel}>`);
    }
    return [...new Set(found)];
  }, [elements, attributes]);
}

async function notPwned(person) {
  assert.equal(await person.page.evaluate(() => globalThis.pwnedBy ?? null), null, "a script of a comment ran");
  assert.equal(person.page.context().pages().length, 1, "no window was opened");
}

const ARM = (context) => context.addInitScript(() => {
  globalThis.pwned = () => (globalThis.pwnedBy = new Error("here").stack);
  for (const name of ["alert", "confirm", "prompt"]) globalThis[name] = globalThis.pwned;
});

scene(`${BODIES.length} hostile comments are text, to readers, moderators and without scripts`, async (stage) => {
  await makeOwner(stage.server);
  const mallory = await stage.visitor().signIn(stage.mailbox, "mallory@example.org", "Mallory");
  let refused = 0;
  for (const [at, body] of BODIES.entries()) {
    await mallory.post("/article", `Number ${at}: ${body}`).catch(() => refused++);
    // Alone on its line it may be read in another way.
    await mallory.post("/article", body).catch(() => refused++);
  }
  assert.ok(refused < 40, `nearly all of them are only text, and taken: ${refused} were not`);

  const article = stage.article("/article", { title: "Hostile" });
  const reader = await stage.person("Rita");
  await ARM(reader.context);
  const thread = await reader.open(article);
  while (await thread.button("Show more comments").count()) {
    const before = await thread.comments.count();
    await thread.button("Show more comments").click();
    await reader.page.waitForFunction((n) => document.querySelector("afterword-thread").shadowRoot.querySelectorAll("article").length > n, before);
  }
  assert.ok((await thread.comments.count()) > 100, "they are shown");
  assert.deepEqual(await intruders(reader.page, { elements: ELEMENTS, attributes: ATTRIBUTES }), []);
  await notPwned(reader);
  // Every link can be pressed without anything of ours running in it.
  const schemes = await thread.box.evaluate((element) => [...new Set([...element.shadowRoot.querySelectorAll(".body a")].map((a) => a.protocol))]);
  assert.deepEqual(schemes.filter((scheme) => !["http:", "https:", "mailto:"].includes(scheme)), []);

  const owner = await stage.person("Olive");
  await ARM(owner.context);
  await owner.open(article);
  await signInByPassword(owner);
  await owner.thread.comments.first().getByRole("group", { name: "Moderate" }).waitFor();
  assert.deepEqual(await intruders(owner.page, { elements: ELEMENTS, attributes: ATTRIBUTES }), []);
  await notPwned(owner);

  const plain = await stage.person("Paula");
  await ARM(plain.context);
  for (let next = `${stage.server.base}/sites/blog/t?page=/article`; next; ) {
    await plain.page.goto(next);
    const found = await plain.page.evaluate(() => {
      const bad = [...document.querySelectorAll("body script, img, iframe, object, embed, form, input, link:not(head link), meta:not(head meta), base, video, audio, svg, math, style:not(head style)")].map((each) => each.outerHTML);
      for (const each of document.querySelectorAll("body *")) {
        for (const { name } of each.attributes) if (name.startsWith("on") || name === "style" || name === "srcdoc" || name === "ping") bad.push(each.outerHTML);
      }
      for (const a of document.querySelectorAll("body a")) if (!["http:", "https:", "mailto:"].includes(a.protocol)) bad.push(a.outerHTML);
      return bad;
    });
    assert.deepEqual(found, []);
    await notPwned(plain);
    const more = plain.page.getByRole("link", { name: "More comments" });
    next = (await more.count()) ? new URL(await more.getAttribute("href"), plain.page.url()).href : null;
  }
});

scene("hostile names and a hostile title are text", async (stage) => {
  await makeOwner(stage.server);
  const taken = [];
  const names = NAMES.slice(0, 45); // As many as a moderator is shown at once.
  for (const name of names) {
    const guest = stage.visitor().asGuest(name);
    await guest.post("/article", `Said by ${taken.length}`, { title: `<img src=x onerror=pwned()>${name}` }).then(() => taken.push(name), () => {});
  }
  assert.ok(taken.length > names.length / 2);

  const article = stage.article("/article", { title: "&lt;script>pwned()&lt;/script>" });
  const owner = await stage.person("Olive");
  await ARM(owner.context);
  const thread = await owner.open(article);
  await signInByPassword(owner);
  await thread.says(`${taken.length} comments wait for approval`);
  const shown = await thread.box.evaluate((element) => [...element.shadowRoot.querySelectorAll("article bdi")].map((bdi) => bdi.textContent));
  for (const name of taken.slice(0, 20)) assert.ok(shown.includes(name), `${name} stands there letter by letter`);
  for (let at = 0; at < 3; at++) await thread.comments.nth(at).getByRole("group", { name: "Moderate" }).getByRole("button", { name: "Approve" }).click();
  await thread.comment("Said by 2").says("#3");
  assert.deepEqual(await intruders(owner.page, { elements: ELEMENTS, attributes: ATTRIBUTES }), []);
  await notPwned(owner);

  await owner.page.goto(`${stage.server.base}/sites/blog/t?page=/article`);
  await owner.page.getByRole("heading", { name: /<img src=x onerror=pwned/ }).waitFor();
  await notPwned(owner);
});

scene("a hostile display name is only a name in the window and the dashboard", async (stage) => {
  const name = `<img src=x onerror=pwned()>"'`;
  await makeOwner(stage.server, { name, email: "olive@example.org", password: "sixteen herring gulls sang" });
  const owner = await stage.person("Olive");
  await ARM(owner.context);
  const thread = await owner.open(stage.article());
  await signInByPassword(owner);
  await thread.signOut();
  await thread.button("Sign in").click();
  const window = await openWindow(owner);
  await window.getByRole("button", { name: `Continue as ${name}` }).waitFor();
  assert.equal(await window.getByRole("img", { includeHidden: true }).filter({ has: window.locator("[onerror]") }).count(), 0);
  assert.equal(await window.locator("[onerror]").count(), 0);
  await Promise.all([window.waitForEvent("close"), window.getByRole("button", { name: `Continue as ${name}` }).click()]);
  await thread.account.waitFor();

  await owner.page.goto(await stage.server.ownerLink());
  await owner.page.getByRole("button", { name: "Sign in" }).click();
  await owner.page.getByText(name).first().waitFor();
  assert.equal(await owner.page.locator("[onerror]").count(), 0);
  await notPwned(owner);
});
