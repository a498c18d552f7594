/**
 * Takes pictures of everything a person sees: `node e2e/screenshots.mjs DIRECTORY`. For looking at, and for the README.
 *
 * It plays in the demo (the desktop 1200 wide, the phone 375), and says what it took.
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Demo } from "./support/afterword.mjs";
import { DESKTOP, PHONE, launch } from "./support/browser.mjs";
import { OWNER, givePassword, openWindow } from "./support/owner.mjs";
import { Person } from "./support/person.mjs";

const [directory] = process.argv.slice(2);
if (!directory) {
  console.error("usage: node e2e/screenshots.mjs DIRECTORY");
  process.exit(2);
}
await mkdir(directory, { recursive: true });

const BUSY = "/how-to-predict-the-sea";
const DARK = "/what-the-dark-is-for";
const RTL = "/the-harbour-coffee-house";
const CLOSED = "/the-footbridge-one-year-on";
const EMPTY = "/soup-for-the-week-of-the-big-winds";

const SIZES = { desktop: { viewport: DESKTOP }, phone: { viewport: PHONE, isMobile: true, hasTouch: true, deviceScaleFactor: 2 } };

const demo = await Demo.start();
const browser = await launch();
const origins = [demo.host.origin, demo.base];
const at = (path) => demo.host.origin + path;
let people = 0;

const somebody = (size, options = {}) => Person.arrive(`somebody ${++people}`, browser, origins, { ...SIZES[size], ...options });

async function take(person, name, part = null) {
  const path = join(directory, `${name}.png`);
  await person.page.evaluate(() => document.fonts.ready);
  if (part) await part.scrollIntoViewIfNeeded();
  await (part ?? person.page).screenshot({ path, animations: "disabled" });
  console.log(path);
}

/** The view with the comments' beginning at its top. */
async function takeThread(person, name) {
  await person.thread.title.evaluate((title) => title.scrollIntoView({ block: "start" }));
  await person.page.evaluate(() => scrollBy(0, -24));
  await take(person, name);
}

/** What an anonymous reader sees. */
async function reading(size) {
  for (const [scheme, path, name] of [["light", BUSY, "light"], ["dark", BUSY, "dark"], ["light", DARK, "dark-page"], ["light", RTL, "rtl"], ["light", CLOSED, "closed"], ["light", EMPTY, "empty"]]) {
    const reader = await somebody(size, { colorScheme: scheme });
    await reader.open(at(path));
    await takeThread(reader, `${size}-${name}`);
    await reader.context.close();
  }
  const reader = await somebody(size);
  await reader.page.goto(at(BUSY));
  await take(reader, `${size}-article`);
  await reader.page.goto(`${demo.base}/sites/demo/t?page=${BUSY}`);
  await take(reader, `${size}-without-scripts`);
  await reader.page.goto(demo.said("mailbox"));
  await take(reader, `${size}-mailbox`);
  await reader.context.close();
}

/** How somebody signs in, by all the ways there are: in the light, in the dark, on a page from right to left. */
async function signingIn(size) {
  for (const [scheme, path, look] of [["light", BUSY, "light"], ["dark", DARK, "dark"], ["light", RTL, "rtl"]]) {
    const reader = await somebody(size, { colorScheme: scheme });
    const thread = await reader.open(at(path));
    await thread.button("Sign in").click();
    await thread.panel.getByRole("group", { name: "Sign in with an account you have" }).waitFor();
    await takeThread(reader, `${size}-${look}-sign-in`);
    await thread.panel.getByRole("button", { name: "Close" }).click();
    await thread.write("A word from somebody passing by.");
    await thread.post.click();
    await thread.panel.getByRole("form", { name: "Post as a guest" }).waitFor();
    await takeThread(reader, `${size}-${look}-who-is-posting`);

    const way = thread.panel.getByRole("button", { name: /^Continue with/ }).first();
    if (await way.count()) {
      const window = await reader.popup(() => way.click());
      await thread.panel.getByRole("button", { name: "Open the window again" }).waitFor();
      await takeThread(reader, `${size}-${look}-window-is-open`);
      await window.close();
      await thread.panel.getByRole("button", { name: "Back" }).click();
    }

    await thread.asGuest("Passing by", `passing-${size}-${look}@example.org`);
    const mine = await (await thread.comment("somebody passing by").appears()).pinned();
    await mine.button("Confirm your email to publish now").waitFor();
    await mine.article.scrollIntoViewIfNeeded();
    await take(reader, `${size}-${look}-held`);
    await mine.button("Confirm your email to publish now").click();
    await mine.article.getByRole("textbox", { name: "Six-digit code" }).waitFor();
    await mine.article.scrollIntoViewIfNeeded();
    await take(reader, `${size}-${look}-confirm`);
    await mine.article.getByRole("textbox", { name: "Six-digit code" }).fill(await demo.mailbox.codeFor(`passing-${size}-${look}@example.org`));
    await thread.account.waitFor();
    await thread.write("And one more.");
    await thread.says(/^Commenting as/);
    await takeThread(reader, `${size}-${look}-commenting-as`);
    await reader.context.close();
  }
}

/** What somebody who writes sees, step by step. */
async function writing(size) {
  const ada = await somebody(size);
  const thread = await ada.open(at(BUSY));
  await thread.write("I rowed out to the old gauge **last Sunday**.\n\n> Osgood’s original gauge readings\n\nIt still floats: `4.02 m` at noon.");
  await takeThread(ada, `${size}-composer`);
  await thread.button("Preview").click();
  await thread.box.getByRole("region", { name: "Preview" }).locator("blockquote").waitFor();
  await takeThread(ada, `${size}-preview`);
  await thread.post.click();
  await thread.panel.waitFor();
  await takeThread(ada, `${size}-who-is-posting`);
  const email = `ada-${size}@example.org`;
  await thread.panel.getByRole("textbox", { name: "Email", exact: true }).fill(email);
  await thread.panel.getByRole("button", { name: "Email me a code" }).click();
  const field = thread.panel.getByRole("textbox", { name: "Six-digit code" });
  await field.waitFor();
  await takeThread(ada, `${size}-code`);
  await field.fill(await demo.mailbox.codeFor(email));
  await thread.panel.getByRole("textbox", { name: "Display name" }).waitFor();
  await takeThread(ada, `${size}-name`);
  await thread.giveName(size === "phone" ? "Ada on the ferry" : "Ada Wren");
  const mine = await (await thread.comment("It still floats").appears()).pinned();
  await take(ada, `${size}-posted`);
  await takeThread(ada, `${size}-signed-in`);
  await mine.article.scrollIntoViewIfNeeded();
  await mine.button("Edit").click();
  await mine.article.getByRole("textbox", { name: "Edit your comment" }).waitFor();
  await take(ada, `${size}-edit`);
  await mine.button("Cancel").click();
  await mine.button("Remove").click();
  await mine.button("Yes, remove it").waitFor();
  await take(ada, `${size}-remove`);
  await mine.button("Yes, remove it").click();
  await mine.vanishes();

  await thread.comments.nth(1).getByRole("button", { name: "Reply" }).click();
  await thread.comments.nth(1).getByRole("textbox", { name: "Your reply" }).fill("May I come along next time?");
  await take(ada, `${size}-reply`);

  await ada.context.setOffline(true);
  await thread.comments.nth(1).getByRole("button", { name: "Post" }).click();
  await thread.says("Your text is saved.");
  await take(ada, `${size}-error`);
  await ada.context.close();

  const guest = await somebody(size);
  await guest.open(at(EMPTY));
  await guest.thread.say("Does it freeze?");
  await guest.thread.asGuest("Passing by");
  await guest.thread.comment("Does it freeze?").appears();
  await takeThread(guest, `${size}-pending`);
  await guest.context.close();
}

/** What an owner sees: set-up, dashboard, window, moderation. */
async function owning(size, first) {
  const owner = await somebody(size);
  const { page } = owner;
  if (first) {
    await page.goto(demo.said("set-up"));
    await page.getByRole("textbox", { name: "Your name" }).fill(OWNER.name);
    await page.getByRole("textbox", { name: "Email" }).fill(OWNER.email);
    await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
    await take(owner, `${size}-set-up`);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Use this one" }).waitFor();
    await take(owner, `${size}-set-up-site`);
    await page.getByRole("button", { name: "Use this one" }).click();
    await page.getByText(`Seen on ${demo.host.origin}`).first().waitFor();
    await take(owner, `${size}-set-up-embed`);
  }
  await page.goto(`${demo.base}/dashboard`);
  if (!first) {
    await take(owner, `${size}-dashboard-sign-in`);
    await givePassword(page);
  }
  await page.getByRole("link", { name: "The Tidewater Review" }).waitFor();
  await take(owner, `${size}-dashboard`);
  await page.getByRole("link", { name: "The Tidewater Review" }).click();
  await page.getByText(`Seen on ${demo.host.origin}`).first().waitFor();
  await take(owner, `${size}-dashboard-site`);

  await owner.open(at(EMPTY));
  await owner.thread.button("Sign in").click();
  const window = await openWindow(owner);
  await take({ page: window }, `${size}-popup`);
  await Promise.all([window.waitForEvent("close"), givePassword(window)]);
  await owner.thread.account.waitFor();
  await takeThread(owner, `${size}-moderator`);
  await owner.context.close();
}

try {
  for (const size of Object.keys(SIZES)) {
    await reading(size);
    await signingIn(size);
    await writing(size);
    await owning(size, size === "desktop");
  }
} finally {
  await browser.close();
  await demo.close();
}
