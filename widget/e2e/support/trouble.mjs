/**
 * What nobody should see while a test plays: errors in the console, exceptions, violations of a content security policy,
 * and requests to anybody but the page and the comments' server. A test that meets any of it fails, unless it said that
 * it would.
 */

import assert from "node:assert/strict";

export class Trouble {
  #met = [];
  #expected = [];
  #origins;

  /** `origins` are the only ones that may be asked for anything. */
  constructor(origins) {
    this.#origins = new Set(origins);
  }

  async watch(context) {
    // The console alone does not tell every violation: a policy may be broken where nothing is logged.
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(`policy violation: ${event.violatedDirective} by ${event.blockedURI} ${event.sample}`);
      });
    });
    context.on("console", (message) => {
      const { url } = message.location();
      if (message.type() === "error") this.#note(`console: ${message.text()} (${url})`);
    });
    context.on("weberror", (thrown) => this.#note(`exception: ${thrown.error().stack ?? thrown.error()}`));
    context.on("request", (request) => {
      const url = new URL(request.url());
      const outside = ["http:", "https:", "ws:", "wss:"].includes(url.protocol) && !this.#origins.has(url.origin);
      if (outside) this.#note(`asked a stranger: ${request.method()} ${url}`);
    });
  }

  /** What matches this is part of the story. */
  expect(...patterns) {
    this.#expected.push(...patterns);
  }

  #note(what) {
    this.#met.push(what);
  }

  get met() {
    return this.#met.filter((what) => !this.#expected.some((pattern) => pattern.test(what)));
  }

  assertNone(whose) {
    assert.deepEqual(this.met, [], `${whose} met trouble`);
  }
}

/** How Chromium tells that a request was answered with this status. */
export const answered = (status) => new RegExp(`the server responded with a status of ${status}`);
export const unreachable = /net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED|CONNECTION_CLOSED|INCOMPLETE_CHUNKED_ENCODING)|status of 502/;
