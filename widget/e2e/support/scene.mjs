/**
 * A test: a server of its own, a host on another origin, people with browsers, and at the end the question whether
 * anybody met trouble.
 */

import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Afterword } from "./afterword.mjs";
import { launch } from "./browser.mjs";
import { certificate } from "./certificate.mjs";
import { Host } from "./host.mjs";
import { MailServer } from "./mail.mjs";
import { Person } from "./person.mjs";
import { Proxy } from "./proxy.mjs";
import { Visitor } from "./visitor-api.mjs";

const TIMEOUT_MS = 120_000;
const PICTURES = process.env.AFTERWORD_E2E_PICTURES ?? join(tmpdir(), "afterword-e2e-failures");

/** Plays `play` on a stage of its own; `setting` is what `Stage.set` takes, or makes that when the scene begins. */
export function scene(name, setting, play) {
  if (!play) return scene(name, {}, setting);
  return played(name, async () => Stage.set(typeof setting === "function" ? await setting() : setting), play);
}

/** Plays `play` in the demo that `things()` gives: one for all scenes of a file, because planting it takes a while. */
export function demoScene(name, things, play) {
  return played(name, () => Stage.around(things()), play);
}

/**
 * On a shared machine (`CI`) a scene that fails is played once more on a new stage, and the first failure is told beside
 * the result: chance does not stop a landing, and is not forgotten. A person's own run gets no second try.
 */
function played(name, set, play) {
  return test(name, { timeout: 2 * TIMEOUT_MS }, async (context) => {
    try {
      await once(name, set, play);
    } catch (error) {
      if (!process.env.CI) throw error;
      context.diagnostic(`failed at first: ${error.message}`);
      await once(name, set, play);
    }
  });
}

async function once(name, set, play) {
  const stage = await set();
  try {
    await play(stage);
    stage.assertQuiet();
  } catch (error) {
    await stage.tell(name);
    throw error;
  } finally {
    await stage.strike();
  }
}

export class Stage {
  #people = [];
  #closing = [];
  /** Others than the host and the server whom people's browsers may ask. */
  #elsewhere = [];

  /**
   * A server with the site `blog`, whose one origin is the host's; codes arrive in `mailbox`. `proxied` puts a proxy in
   * front of the server, under `path` and over TLS if asked; `tls` is for all of them.
   */
  static async set({ settings = {}, mail = true, site = true, hosts = [], origins = [], proxied = false, path = "", tls = false } = {}) {
    const stage = new Stage();
    stage.#elsewhere = origins;
    try {
      const [blog, comments] = tls ? ["blog.example", "comments.example.net"] : ["blog.localhost", "comments.localhost"];
      const paper = tls ? certificate(blog, comments) : null;
      if (tls) hosts = [...hosts, blog, comments];
      stage.mailbox = stage.#keep(await MailServer.listen());
      stage.host = stage.#keep(await Host.listen({ name: blog, certificate: paper }));
      if (proxied || path || tls) stage.proxy = stage.#keep(await Proxy.listen({ name: comments, certificate: paper }));
      const base = stage.proxy ? stage.proxy.origin + path : null;
      stage.server = stage.#keep(await Afterword.serve({ base, settings, mail: mail ? stage.mailbox : null }));
      stage.proxy?.passTo(stage.server.port);
      if (site) await stage.server.addSite("blog", { name: "The Blog", origins: [stage.host.origin] });
      stage.browser = stage.#keep(await launch({ hosts }));
    } catch (error) {
      await stage.strike();
      throw error;
    }
    return stage;
  }

  /** A stage around things that were set up elsewhere; only what is made on it is struck with it. */
  static async around({ server, host, mailbox }) {
    const stage = Object.assign(new Stage(), { server, host, mailbox });
    stage.browser = stage.#keep(await launch());
    return stage;
  }

  /** Closed when the scene is over. */
  keep(thing) {
    return this.#keep(thing);
  }

  #keep(thing) {
    this.#closing.push(thing);
    return thing;
  }

  get origins() {
    return [this.host.origin, new URL(this.server.base).origin, ...this.#elsewhere];
  }

  /** `origins` are more that this person's pages may ask; the rest is Playwright's for a browser context. */
  async person(name, { origins = [], ...options } = {}) {
    const person = await Person.arrive(name, this.browser, [...this.origins, ...origins], options);
    this.#people.push(person);
    return person;
  }

  /** Somebody who writes without a browser. */
  visitor() {
    return new Visitor({ server: this.server, origin: this.host.origin });
  }

  /** An article on the host's site; see `Host.article`. */
  article(path = "/article", options = {}) {
    return this.host.article(path, this.server.base, options);
  }

  assertQuiet() {
    for (const person of this.#people) person.trouble.assertNone(person.name);
  }

  /** What a person debugging a failure wants to see. */
  async tell(name) {
    await mkdir(PICTURES, { recursive: true });
    for (const person of this.#people) {
      for (const [at, page] of person.context.pages().entries()) {
        const file = join(PICTURES, `${name} - ${person.name}${at || ""}.png`.replace(/[^\w. -]/g, "_"));
        await page.screenshot({ path: file, timeout: 5_000 }).then(() => console.error(`picture: ${file}`), () => {});
      }
      for (const what of person.trouble.met) console.error(`${person.name} met trouble: ${what}`);
    }
  }

  async strike() {
    for (const thing of this.#closing.toReversed()) {
      await thing.close().catch((error) => console.error("could not be closed:", error.message));
    }
    this.#closing = [];
  }
}
