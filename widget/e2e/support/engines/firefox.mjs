/** Debian's Firefox ESR, driven through Marionette: WebDriver's commands in frames of JSON over a local socket. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../eventually.mjs";
import { Program } from "../program.mjs";
import { WebDriverBrowser } from "./webdriver.mjs";

const EXECUTABLE = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

/** As it comes, but silent towards the network; its own blocker of windows stays on. */
const QUIET = {
  "remote.prefs.recommended": false,
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.newtabpage.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "browser.startup.page": 0,
  "browser.tabs.warnOnClose": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
  "toolkit.telemetry.reportingpolicy.firstRun": false,
  "trailhead.firstrun.didSeeAboutWelcome": true,
};

/** What it keeps, by its own numbers: 1 refuses the cookies of others, 2 all cookies, and then a page has no storage either. */
const SETTINGS = {
  "as it comes": {},
  "others refused": { "network.cookie.cookieBehavior": 1 },
  "server refused": { "network.cookie.cookieBehavior": 1 },
  "storage denied": { "network.cookie.cookieBehavior": 2 },
};

export async function launch({ hosts, keeps = "as it comes" }) {
  const profile = await mkdtemp(join(tmpdir(), "afterword-firefox-"));
  const prefs = { ...QUIET, "marionette.port": 0, "network.dns.localDomains": hosts.join(","), ...SETTINGS[keeps] };
  const lines = Object.entries(prefs).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
  await writeFile(join(profile, "user.js"), lines.join(""));
  const args = ["--headless", "--no-remote", "--profile", profile, "--marionette"];
  const program = await Program.start(EXECUTABLE, args, { env: { PATH: process.env.PATH, HOME: profile, MOZ_HEADLESS: "1" }, cwd: profile });
  // It writes the port that it got from the kernel beside its profile.
  const port = await eventually("Firefox's port", async () => Number(await readFile(join(profile, "MarionetteActivePort"), "utf8")), 60_000);
  const wire = await Marionette.to(port);
  const close = async () => {
    wire.close();
    await program.stop("SIGKILL");
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await wire.send("WebDriver:NewSession", { acceptInsecureCerts: true });
  } catch (error) {
    await close();
    throw error;
  }
  return new WebDriverBrowser((method, path, body) => wire.command(method, path, body), close);
}

/** Marionette's names of WebDriver's commands. */
const NAMES = {
  "POST /window": "WebDriver:SwitchToWindow",
  "POST /window/new": "WebDriver:NewWindow",
  "GET /window/handles": "WebDriver:GetWindowHandles",
  "DELETE /window": "WebDriver:CloseWindow",
  "POST /url": "WebDriver:Navigate",
  "GET /url": "WebDriver:GetCurrentURL",
  "POST /refresh": "WebDriver:Refresh",
  "POST /execute/sync": "WebDriver:ExecuteScript",
  "POST /execute/async": "WebDriver:ExecuteAsyncScript",
  "POST /element/click": "WebDriver:ElementClick",
  "POST /element/clear": "WebDriver:ElementClear",
  "POST /element/value": "WebDriver:ElementSendKeys",
};

class Marionette {
  #socket;
  #received = Buffer.alloc(0);
  #waiting = new Map();
  #next = 1;

  static async to(port) {
    const wire = new Marionette();
    wire.#socket = connect(port, "127.0.0.1");
    await new Promise((resolve, reject) => {
      wire.#socket.once("error", reject);
      wire.#socket.on("data", (bytes) => wire.#hear(bytes, resolve));
      wire.#socket.on("close", () => wire.#waiting.forEach(({ reject: give }) => give(new Error("Firefox is gone"))));
    });
    return wire;
  }

  close() {
    this.#socket.destroy();
  }

  command(method, path, body = {}) {
    const [, element] = /^\/element\/([^/]+)\//.exec(path) ?? [];
    const name = NAMES[`${method} ${path.replace(/^\/element\/[^/]+/, "/element")}`];
    return this.send(name, { ...body, ...(element && { id: element }) });
  }

  async send(name, parameters) {
    const id = this.#next++;
    const text = JSON.stringify([0, id, name, parameters]);
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    const result = await answer;
    return result && typeof result === "object" && "value" in result ? result.value : result;
  }

  #hear(bytes, greeted) {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const colon = this.#received.indexOf(":");
      const length = Number(this.#received.subarray(0, Math.max(colon, 0)));
      if (colon < 1 || this.#received.length < colon + 1 + length) return;
      const message = JSON.parse(this.#received.subarray(colon + 1, colon + 1 + length));
      this.#received = this.#received.subarray(colon + 1 + length);
      if (!Array.isArray(message)) greeted();
      else this.#settle(message);
    }
  }

  #settle([, id, error, result]) {
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) reject(new Error(`${error.error}: ${error.message}`));
    else resolve(result);
  }
}
