/** Debian's WebKitGTK in its MiniBrowser, driven by its own WebDriver, on a screen that nobody sees. */

import { createServer as listen } from "node:http";
import { connect } from "node:net";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../nginx.mjs";
import { Program } from "../program.mjs";
import { WebDriverBrowser } from "./webdriver.mjs";

const DRIVER = process.env.WEBKIT_DRIVER ?? "/usr/bin/WebKitWebDriver";
const BROWSER = process.env.WEBKIT_BROWSER ?? "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

/** What it keeps. It refuses the cookies of others as it comes, partitioned ones too, and has no switch that keeps them. */
const SETTINGS = { "as it comes": [], "others refused": [], "server refused": [], "storage denied": ["--enable-html5-local-storage=false"] };

export async function launch({ keeps = "as it comes" }) {
  const home = await mkdtemp(join(tmpdir(), "afterword-webkit-"));
  const closing = [() => rm(home, { recursive: true, force: true, maxRetries: 5 })];
  const close = async () => {
    for (const each of closing.toReversed()) await each();
  };
  try {
    const names = await Names.listen();
    closing.push(() => names.close());
    const screen = await Program.start("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"], { env: { PATH: process.env.PATH }, cwd: home, ready: /^\d+\n/m });
    closing.push(() => screen.stop());
    const display = `:${/^\d+$/m.exec(screen.said)[0]}`;
    const port = await freePort();
    const env = { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home, DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", WEBKIT_DISABLE_COMPOSITING_MODE: "1", LIBGL_ALWAYS_SOFTWARE: "1", NO_AT_BRIDGE: "1", GDK_BACKEND: "x11" };
    const driver = await Program.start(DRIVER, [`--port=${port}`], { env, cwd: home });
    closing.push(() => driver.stop("SIGTERM"));
    const capabilities = {
      acceptInsecureCerts: true,
      "webkitgtk:browserOptions": { binary: BROWSER, args: ["--automation", `--proxy=http://127.0.0.1:${names.port}`, "--ignore-host=127.0.0.1", ...SETTINGS[keeps]] },
    };
    const { sessionId } = await ask(port, "POST", "/session", { capabilities: { alwaysMatch: capabilities } });
    closing.push(() => ask(port, "DELETE", `/session/${sessionId}`).catch(() => {}));
    return new WebDriverBrowser((method, path, body) => ask(port, method, `/session/${sessionId}${path}`, body), close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function ask(port, method, path, body) {
  for (let tries = 0; ; tries++) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
      const { value } = await answer.json();
      if (!answer.ok) throw Object.assign(new Error(`${method} ${path}: ${value.error}: ${value.message}`), { told: true });
      return value;
    } catch (error) {
      if (error.told || path !== "/session" || tries > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** It asks the machine for addresses; this answers in its place: every name is this machine. */
class Names {
  #server = listen((_, response) => response.writeHead(404).end());
  #sockets = new Set();

  static async listen() {
    const names = new Names();
    names.#server.on("connect", (request, socket) => names.#lead(request.url.split(":").at(-1), socket));
    await new Promise((resolve) => names.#server.listen(0, "127.0.0.1", resolve));
    return names;
  }

  get port() {
    return this.#server.address().port;
  }

  #lead(port, socket) {
    const onward = connect(Number(port), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connected\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    for (const [one, other] of [[socket, onward], [onward, socket]]) {
      this.#sockets.add(one);
      one.on("error", () => other.destroy()).on("close", () => (this.#sockets.delete(one), other.destroy()));
    }
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
