/**
 * A scene of the sign-in matrix: the same story in each engine, over TLS that nginx ends, on two sites. What an engine
 * does differently is written into the scene as what it expects.
 *
 * `AFTERWORD_ENGINES` names the engines, separated by commas; all three if it names none.
 */

import { test } from "node:test";
import { Afterword } from "../afterword.mjs";
import { certificate } from "../certificate.mjs";
import { Clock } from "../clock.mjs";
import { Host } from "../host.mjs";
import { MailServer } from "../mail.mjs";
import { Nginx, freePort } from "../nginx.mjs";
import { makeOwner } from "../owner.mjs";
import { Provider } from "../provider.mjs";
import { Proxy } from "../proxy.mjs";
import { Reader } from "./reader.mjs";

const ENGINES = (process.env.AFTERWORD_ENGINES ?? "chromium,firefox,webkit").split(",");
const PAGE = "blog.example";
const SERVER = "comments.example.net";
/** Where a provider would be. */
const ELSEWHERE = "login.example.org";
const TIMEOUT_MS = 300_000;

/** Plays `play` in each engine; `setting` is what the stage takes. */
export function inEachEngine(name, setting, play) {
  for (const engine of ENGINES) {
    test(`${name} (${engine})`, { timeout: 2 * TIMEOUT_MS }, async (context) => {
      try {
        await once(engine, setting, play, context);
      } catch (error) {
        // As everywhere: on a shared machine a scene gets a second try, and the first is told.
        if (!process.env.CI) throw error;
        context.diagnostic(`failed at first: ${error.message}`);
        await once(engine, setting, play, context);
      }
    });
  }
}

async function once(engine, setting, play, context) {
  const stage = await Stage.set(engine, setting);
  stage.figure = (text) => context.diagnostic(text);
  try {
    await play(stage);
  } finally {
    await stage.strike();
  }
}

class Stage {
  #closing = [];

  /**
   * `keeps` is what the browser keeps (see each engine), `moved` a clock that the test moves, `provided` a provider called
   * Harbour.
   */
  static async set(engine, { keeps = "as it comes", moved = false, provided = false } = {}) {
    const stage = new Stage();
    stage.engine = engine;
    stage.keeps = keeps;
    try {
      await stage.#build(moved, provided);
      const { launch } = await import(`./${engine}.mjs`);
      stage.browser = stage.#keep(await launch({ hosts: [PAGE, SERVER, ELSEWHERE], keeps }));
    } catch (error) {
      await stage.strike();
      throw error;
    }
    return stage;
  }

  async #build(moved, provided) {
    const port = await freePort();
    const origin = (name) => `https://${name}:${port}`;
    this.mailbox = this.#keep(await MailServer.listen());
    this.host = this.#keep(await Host.listen());
    this.host.origin = origin(PAGE);
    this.elsewhere = this.#keep(await Host.listen());
    this.elsewhere.origin = origin(ELSEWHERE);
    /** Between nginx and the server: what happens to requests and answers on their way. */
    this.way = this.#keep(await Proxy.listen());
    this.clock = moved ? this.#keep(await Clock.set()) : null;
    this.provider = provided ? this.#keep(await Provider.listen()) : null;
    const settings = this.provider?.settings("harbour") ?? {};
    this.server = this.#keep(await Afterword.serve({ base: origin(SERVER), settings, mail: this.mailbox, clock: this.clock }));
    this.way.passTo(this.server.port);
    const hosts = { [PAGE]: this.host.port, [ELSEWHERE]: this.elsewhere.port, [SERVER]: this.way.port };
    this.#keep(await Nginx.listen({ port, hosts, certificate: certificate(PAGE, SERVER, ELSEWHERE) }));
    await this.server.addSite("blog", { name: "The Blog", origins: [this.host.origin] });
    await makeOwner(this.server);
  }

  #keep(thing) {
    this.#closing.push(thing);
    return thing;
  }

  /** Somebody in the browser's first tab. */
  async reader() {
    const [tab] = await this.browser.tabs();
    return new Reader(this.browser, tab);
  }

  article(path = "/article", options = {}) {
    return this.host.article(path, this.server.base, options);
  }

  async strike() {
    for (const thing of this.#closing.toReversed()) {
      await thing.close().catch((error) => console.error("could not be closed:", error.message));
    }
  }
}
