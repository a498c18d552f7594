/** Debian's Chromium, started anew for every scene with a directory of its own, and silent towards the network. */

import { chromium } from "playwright-core";

export const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";

export const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The argument by which these names lead to this machine. */
export const resolving = (hosts) => `--host-resolver-rules=${hosts.map((host) => `MAP ${host} 127.0.0.1`).join(", ")}`;

/** `hosts` are names that lead to this machine besides `*.localhost`. */
export function launch({ hosts = [] } = {}) {
  return chromium.launch({
    executablePath: EXECUTABLE,
    headless: true,
    args: [...QUIET, ...(hosts.length ? [resolving(hosts)] : [])],
  });
}

export const DESKTOP = { width: 1200, height: 900 };
export const PHONE = { width: 375, height: 740 };
