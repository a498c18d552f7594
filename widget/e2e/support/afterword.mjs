/** The real server: `afterword serve` with a data directory of its own, or `afterword demo` with its magazine. */

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { eventually } from "./eventually.mjs";
import { codeIn } from "./mail.mjs";
import { Program } from "./program.mjs";

const BINARY = process.env.AFTERWORD ?? join(process.env.CARGO_TARGET_DIR ?? resolve(import.meta.dirname, "../../../target"), "debug/afterword");

function binary() {
  if (!existsSync(BINARY)) throw new Error(`there is no server at ${BINARY}: build it with \`make build\`, or name it in AFTERWORD`);
  return BINARY;
}

/** A test posts faster than a person; the tests of the limits set their own. */
const GENEROUS = { burst: 100_000, every: "1ms" };
const LIMITS = ["write", "vote", "address", "sign_in_mail", "sign_in", "preview"];

export class Afterword {
  #program = null;
  #env;
  #directory;
  /** `http://comments.localhost:4711/comments`: where browsers find it. */
  base;
  /** The port it listens on, which is not the base's where a proxy stands in front. */
  port = 0;

  /**
   * `base` is the base URL if something in front of the server decides it; `settings` is the configuration by name,
   * such as `{ "limits.write.burst": 5 }`; `mail` is the mail server to send through, `clock` a `Clock` that the server goes by.
   */
  static async serve({ base = null, settings = {}, mail = null, port = 0, clock = null } = {}) {
    const server = new Afterword();
    server.#directory = await mkdtemp(join(tmpdir(), "afterword-e2e-"));
    const all = {
      "server.base_url": base ?? "http://comments.localhost:0",
      "server.allow_plain_http": true,
      "storage.directory": join(server.#directory, "data"),
      "storage.reserve": "1 MiB",
      "log.access": false,
      ...(mail && { "mail.host": "127.0.0.1", "mail.port": mail.port, "mail.encryption": "none", "mail.from": "comments@blog.example" }),
      ...Object.fromEntries(LIMITS.flatMap((name) => Object.entries(GENEROUS).map(([part, value]) => [`limits.${name}.${part}`, value]))),
      ...settings,
    };
    server.#env = { PATH: process.env.PATH, HOME: server.#directory, ...clock?.env };
    for (const [name, value] of Object.entries(all)) server.#env[variable(name)] = String(value);
    server.port = port;
    await server.start();
    server.base = base ?? `http://comments.localhost:${server.port}`;
    return server;
  }

  /** Starts it, or starts it again where it was. */
  async start() {
    const env = { ...this.#env, [variable("server.listen")]: `127.0.0.1:${this.port}` };
    // The set-up link is printed after the address, in one go with it.
    this.#program = await Program.start(binary(), ["serve"], { env, cwd: this.#directory, ready: /listens on http:\/\/127\.0\.0\.1:\d+[^]*sites .*\n/ });
    this.port = Number(/listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(this.#program.said)[1]);
  }

  /** Everything it printed since it was started. */
  get said() {
    return this.#program.said;
  }

  /** As a power cut would. */
  async kill() {
    await this.#program.stop("SIGKILL");
  }

  async close() {
    await this.#program?.stop("SIGKILL");
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** A command of the owner's, run beside the server. */
  async command(...args) {
    return Program.run(binary(), args, { env: this.#env, cwd: this.#directory });
  }

  /** Adds a site, as its owner does on the command line. */
  async addSite(key, { name = key, origins = [] } = {}) {
    await this.command("site", "add", key, "--name", name, ...origins.flatMap((origin) => ["--origin", origin]));
  }

  /** A link that signs the owner in to the dashboard, or sets the first one up. */
  async ownerLink() {
    const said = await this.command("owner", "link");
    const link = /https?:\/\/\S+/.exec(said)?.[0];
    if (!link) throw new Error(`no link in: ${said}`);
    return link;
  }
}

/** `afterword demo`: the same server, planted with conversations, and a magazine on another port that embeds it. */
export class Demo {
  #program;
  #directory;
  base;
  /** The magazine, which stands where a test's own host does elsewhere. */
  host;
  mailbox;

  static async start() {
    const demo = new Demo();
    demo.#directory = await mkdtemp(join(tmpdir(), "afterword-e2e-demo-"));
    const args = ["demo", "--port", "0", "--magazine-port", "0", "--id-port", "0", "--data", join(demo.#directory, "data")];
    demo.#program = await Program.start(binary(), args, { env: { PATH: process.env.PATH }, cwd: demo.#directory, ready: /Demo ID +http\S+\n/ });
    demo.host = { origin: new URL(demo.said("article")).origin };
    demo.base = new URL(demo.said("set-up")).origin;
    demo.mailbox = new DemoMailbox(demo.said("mailbox"));
    return demo;
  }

  get server() {
    return this;
  }

  get port() {
    return Number(new URL(this.base).port);
  }

  /** The address after a word in what it printed: `article`, `set-up`, `mailbox`, `Demo ID`. */
  said(word) {
    return new RegExp(`^ *${word} +(http\\S+)$`, "m").exec(this.#program.said)[1];
  }

  async close() {
    await this.#program.stop("SIGKILL");
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** The demo's mailbox, read as its page does. */
class DemoMailbox {
  #address;
  #taken = new Set();

  constructor(page) {
    this.#address = `${page}/mails.json`;
  }

  async codeFor(address) {
    const mail = await eventually(`a mail to ${address}`, async () => {
      const mails = await (await fetch(this.#address)).json();
      return mails.toReversed().find((each) => each.to === address && !this.#taken.has(each.at + each.text));
    });
    this.#taken.add(mail.at + mail.text);
    return codeIn(mail.text);
  }
}

/** The environment variable of a setting. */
const variable = (name) => `AFTERWORD_${name.replaceAll(".", "__").toUpperCase()}`;
