/** Debian's Chromium, driven by Playwright, with a profile on disk so that its settings are those a person can make. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { EXECUTABLE, QUIET, resolving } from "../browser.mjs";
import { seek } from "./seek.mjs";

const BLOCK = 2;
const BLOCK_THIRD_PARTY = 1;

/** What it keeps, as its settings page writes it: exceptions are by the cookie's host and the host in the address bar. */
const SETTINGS = {
  "as it comes": () => ({}),
  "others refused": () => ({ cookie_controls_mode: BLOCK_THIRD_PARTY, block_third_party_cookies: true }),
  "server refused": (page, server) => blocked([server, page]),
  "storage denied": (page) => blocked([page, "*"]),
};

const blocked = (...pairs) => ({ content_settings: { exceptions: { cookies: Object.fromEntries(pairs.map((pair) => [pair.join(","), { setting: BLOCK }])) } } });

export async function launch({ hosts, keeps = "as it comes" }) {
  const profile = await mkdtemp(join(tmpdir(), "afterword-chromium-"));
  await mkdir(join(profile, "Default"));
  const [page, server] = hosts;
  await writeFile(join(profile, "Default", "Preferences"), JSON.stringify({ profile: SETTINGS[keeps](page, server) }));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    headless: true,
    ignoreHTTPSErrors: true,
    args: [...QUIET, resolving(hosts)],
    // Its own blocker of windows stays on.
    ignoreDefaultArgs: ["--disable-popup-blocking"],
  });
  context.setDefaultTimeout(12_000);
  return new ChromiumBrowser(context, profile);
}

class ChromiumBrowser {
  #context;
  #profile;
  #tabs = new Map();

  constructor(context, profile) {
    this.#context = context;
    this.#profile = profile;
  }

  async tabs() {
    return this.#context.pages().map((page) => this.#tab(page));
  }

  async newTab() {
    return this.#tab(await this.#context.newPage());
  }

  #tab(page) {
    if (!this.#tabs.has(page)) this.#tabs.set(page, new ChromiumTab(page));
    return this.#tabs.get(page);
  }

  async close() {
    await this.#context.close();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

class ChromiumTab {
  #page;

  constructor(page) {
    this.#page = page;
  }

  is(other) {
    return this === other;
  }

  async isOpen() {
    return !this.#page.isClosed();
  }

  async goto(url) {
    await this.#page.goto(url);
  }

  async url() {
    return this.#page.url();
  }

  async reload() {
    await this.#page.reload();
  }

  async close() {
    await this.#page.close();
  }

  async ask(fn, ...args) {
    return (await this.#page.evaluate(`(${fn})(...${JSON.stringify(args)})`)) ?? null;
  }

  async #element(role, name) {
    const handle = await this.#page.evaluateHandle(`(${seek})(${JSON.stringify([role, name.source ?? name, name instanceof RegExp]).slice(1, -1)})`);
    return handle.asElement();
  }

  async has(role, name) {
    return (await this.#element(role, name)) !== null;
  }

  async press(role, name) {
    const element = await this.#element(role, name);
    await element?.click();
    return element !== null;
  }

  async type(role, name, text) {
    const element = await this.#element(role, name);
    await element?.fill(text);
    return element !== null;
  }
}
