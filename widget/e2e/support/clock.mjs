/** A clock that a test moves forward under the running server: Debian's libfaketime, which it reads from a file. */

import { existsSync } from "node:fs";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ARCHITECTURE = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" }[process.arch];
const LIBRARY = `/usr/lib/${ARCHITECTURE}/faketime/libfaketimeMT.so.1`;

export class Clock {
  #directory;
  #ahead = 0;

  static async set() {
    if (!existsSync(LIBRARY)) throw new Error("faketime is missing: install it first (on Debian: apt-get install faketime)");
    const clock = new Clock();
    clock.#directory = await mkdtemp(join(tmpdir(), "afterword-clock-"));
    await clock.forward(0);
    return clock;
  }

  get #file() {
    return join(this.#directory, "ahead");
  }

  /** For the program that goes by this clock; how long things take stays as it is. */
  get env() {
    return { LD_PRELOAD: LIBRARY, FAKETIME_TIMESTAMP_FILE: this.#file, FAKETIME_NO_CACHE: "1", FAKETIME_DONT_FAKE_MONOTONIC: "1", DONT_FAKE_MONOTONIC: "1" };
  }

  async forward(seconds) {
    this.#ahead += seconds;
    // Renamed into place: the program may read at any moment.
    await writeFile(`${this.#file}.new`, `+${this.#ahead}\n`);
    await rename(`${this.#file}.new`, this.#file);
  }

  async close() {
    await rm(this.#directory, { recursive: true, force: true });
  }
}
