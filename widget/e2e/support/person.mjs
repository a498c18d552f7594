/** Somebody with a browser profile of their own: nothing of what one stores is seen by another. */

import { DESKTOP } from "./browser.mjs";
import { Thread } from "./thread.mjs";
import { Trouble } from "./trouble.mjs";

export class Person {
  /** `options` are Playwright's for a browser context: viewport, colorScheme, locale … */
  static async arrive(name, browser, origins, options = {}) {
    const context = await browser.newContext({ viewport: DESKTOP, locale: "en-GB", timezoneId: "UTC", ignoreHTTPSErrors: true, ...options });
    context.setDefaultTimeout(12_000);
    const trouble = new Trouble(origins);
    await trouble.watch(context);
    return new Person(name, context, await context.newPage(), trouble);
  }

  constructor(name, context, page, trouble) {
    this.name = name;
    this.context = context;
    this.trouble = trouble;
    this.look(page);
  }

  /** From now on `page` is the tab in front. */
  look(page) {
    this.page = page;
    this.thread = new Thread(page);
  }

  /** Opens a page and reads the comments under it. */
  async open(url) {
    await this.page.goto(url);
    await this.thread.ready();
    return this.thread;
  }

  async reload() {
    await this.page.reload();
    await this.thread.ready();
  }

  async newTab() {
    this.look(await this.context.newPage());
    return this.page;
  }

  /** Does something that opens a window, and gives that window. */
  async popup(deed) {
    const [window] = await Promise.all([this.page.waitForEvent("popup"), deed()]);
    await window.waitForLoadState();
    return window;
  }
}
