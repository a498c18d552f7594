/** Somebody in front of a page with comments, in whichever engine: what they see and press, by what is written on it. */

import assert from "node:assert/strict";
import { eventually } from "../eventually.mjs";
import { OWNER } from "../owner.mjs";
import { read } from "./seek.mjs";

const PATIENCE_MS = 20_000;
/** Newcomers are "?" until they give a name. */
const ACCOUNT = /^Your account: [^?]/;

export class Reader {
  constructor(browser, tab) {
    this.browser = browser;
    this.tab = tab;
  }

  /** The same person in another tab. */
  async newTab() {
    return new Reader(this.browser, await this.browser.newTab());
  }

  async open(url) {
    await this.tab.goto(url);
    await this.ready();
  }

  async reload() {
    await this.tab.reload();
    await this.ready();
  }

  async ready() {
    await this.sees("heading", /^([\d,]+ comments?|Comments)$/);
  }

  async sees(role, name) {
    await this.#eventually(`the ${role} ${name}`, () => this.tab.has(role, name));
  }

  async press(role, name) {
    await this.#eventually(`the ${role} ${name}`, () => this.tab.press(role, name));
  }

  async type(name, text) {
    await this.#eventually(`the field ${name}`, () => this.tab.type("textbox", name, text));
  }

  async #eventually(what, look) {
    return eventually(what, look, PATIENCE_MS).catch(async (error) => {
      throw new Error(`${error.message}, on a page that reads:\n${await this.tab.ask(read).catch(String)}`, { cause: error });
    });
  }

  /** Waits until the page says who is signed in, or that nobody is. */
  async isSignedIn() {
    await this.sees("button", ACCOUNT);
  }

  async isSignedOut() {
    await this.sees("button", "Sign in");
  }

  /** Waits until the page has settled, and tells. */
  async whoIsIt() {
    return eventually("the page to know who it is", async () =>
      ((await this.tab.has("button", ACCOUNT)) && "a member") || ((await this.tab.has("button", "Sign in")) && "nobody"), PATIENCE_MS);
  }

  /** `asked`: the panel is open already. */
  async signInByMail(mailbox, email, name = null, { asked = false } = {}) {
    if (!asked) await this.press("button", "Sign in");
    await this.type("Email", email);
    await this.press("button", "Email me a code");
    await this.sees("textbox", "Six-digit code");
    await this.type("Six-digit code", await mailbox.codeFor(email));
    if (name) {
      await this.type("Display name", name);
      await this.press("button", "Continue");
    }
    await this.isSignedIn();
  }

  /** Presses the button that opens the server's window; gives that window, or `null` if the engine let none open. */
  async openWindow(way = "More ways to sign in") {
    const before = await this.browser.tabs();
    await this.press("button", "Sign in");
    await this.press("button", way);
    await this.sees("button", /^(Open the window again|Sign in on this page instead)$/);
    if (await this.tab.has("button", "Sign in on this page instead")) return null;
    const tab = await eventually("the window", async () => (await this.browser.tabs()).find((each) => !before.some((one) => one.is(each))));
    return new Reader(this.browser, tab);
  }

  /** Who is new takes the name they have elsewhere. */
  async takeName() {
    await this.sees("textbox", "Display name");
    await this.press("button", "Continue");
    await this.isSignedIn();
  }

  /** In that window. */
  async givePassword({ email, password } = OWNER) {
    await this.type("Email", email);
    await this.type("Password", password);
    await this.press("button", "Sign in");
  }

  /** The eight characters that the window shows. */
  async codeShown() {
    const shown = /^[A-Z0-9]{4}[ -]?[A-Z0-9]{4}$/;
    await this.sees("text", shown);
    return this.tab.ask(() => document.querySelector("#pasted").textContent.trim());
  }

  async paste(code) {
    await this.type("Code from the window", code);
    await this.press("button", "Use code");
  }

  async isClosed() {
    await eventually("the window to close", async () => !(await this.tab.isOpen()), PATIENCE_MS);
  }

  async signInByPassword() {
    const window = await this.openWindow();
    assert.ok(window, "the window opens");
    await window.givePassword();
    await this.isSignedIn();
    await window.isClosed();
  }

  async signOut({ everywhere = false } = {}) {
    await this.press("button", ACCOUNT);
    await this.press("button", everywhere ? "Sign out everywhere" : "Sign out");
    await this.isSignedOut();
  }

  /** What the page's own script could take out of its storage. */
  async stored() {
    return this.tab.ask(() => {
      try {
        return JSON.stringify(localStorage);
      } catch {
        return "denied";
      }
    });
  }
}
