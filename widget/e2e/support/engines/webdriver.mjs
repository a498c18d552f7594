/**
 * The W3C WebDriver commands that the scenes need, over whatever carries them: Firefox takes them through Marionette,
 * WebKitGTK through its driver's HTTP.
 *
 * Invariant: one command at a time. The protocol has one current window, which every command may have to change first.
 */

import { seek } from "./seek.mjs";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

export class WebDriverBrowser {
  #send;
  #close;
  #current = null;
  #last = Promise.resolve();

  /** `send(method, path, body)` carries one command of the session; `close` ends everything that was started. */
  constructor(send, close) {
    this.#send = send;
    this.#close = close;
  }

  /** Runs `deed` with the window of this handle in front, after all that was asked before. */
  within(handle, deed) {
    const turn = this.#last.then(async () => {
      if (handle !== null && this.#current !== handle) {
        await this.#send("POST", "/window", { handle });
        this.#current = handle;
      }
      return deed(this.#send);
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  async tabs() {
    const handles = await this.within(null, (send) => send("GET", "/window/handles"));
    return handles.map((handle) => new WebDriverTab(this, handle));
  }

  /** A tab, in a window of its own: engines let those rest that are not in front. */
  async newTab() {
    const { handle } = await this.within(null, (send) => send("POST", "/window/new", { type: "window" }));
    return new WebDriverTab(this, handle);
  }

  async close() {
    await this.#close();
  }
}

class WebDriverTab {
  #browser;

  constructor(browser, handle) {
    this.#browser = browser;
    this.handle = handle;
  }

  #send(method, path, body) {
    return this.#browser.within(this.handle, (send) => send(method, path, body));
  }

  is(other) {
    return this.handle === other.handle;
  }

  async isOpen() {
    return (await this.#browser.tabs()).some((tab) => tab.is(this));
  }

  goto(url) {
    return this.#send("POST", "/url", { url });
  }

  url() {
    return this.#send("GET", "/url");
  }

  reload() {
    return this.#send("POST", "/refresh", {});
  }

  close() {
    return this.#send("DELETE", "/window");
  }

  /** What `fn` gives for these arguments, run in the page; promises are waited for. */
  async ask(fn, ...args) {
    const script = `const done = arguments[arguments.length - 1]; const args = [...arguments].slice(0, -1);
      Promise.resolve().then(() => (${fn})(...args)).then((value) => done({ value }), (error) => done({ error: String(error?.stack ?? error) }));`;
    const { value, error } = await this.#send("POST", "/execute/async", { script, args });
    if (error) throw new Error(`in the page: ${error}`);
    return value ?? null;
  }

  async #element(role, name) {
    const script = `return (${seek})(arguments[0], arguments[1], arguments[2]);`;
    const found = await this.#send("POST", "/execute/sync", { script, args: [role, name.source ?? name, name instanceof RegExp] });
    return found?.[ELEMENT] ?? null;
  }

  async has(role, name) {
    return (await this.#element(role, name)) !== null;
  }

  /** Presses it as a person does; `false` if it is not there. */
  async press(role, name) {
    const id = await this.#element(role, name);
    if (!id) return false;
    await this.#send("POST", `/element/${id}/click`, {});
    return true;
  }

  /** Types into it, in place of what was there; `false` if it is not there, or was drawn anew meanwhile. */
  async type(role, name, text) {
    const id = await this.#element(role, name);
    if (!id) return false;
    await this.#send("POST", `/element/${id}/clear`, {});
    await this.#send("POST", `/element/${id}/value`, { text });
    // A field that takes six digits may be gone by now, because it was satisfied.
    const script = "return !arguments[0].isConnected || arguments[0].value === arguments[1];";
    return this.#send("POST", "/execute/sync", { script, args: [{ [ELEMENT]: id }, text] });
  }
}
