/**
 * Programs that a test starts: watched for the line that says they are ready, ended by their own process id.
 *
 * Invariant: nothing started here outlives the test run, and nothing else is ever ended.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
// Without these a run that is interrupted would leave browsers' prey behind: `exit` does not follow a signal by itself.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const PATIENCE_MS = 60_000;

export class Program {
  #child;
  #said = "";
  #ended;

  /** Starts it; resolves once everything it printed so far matches `ready` (at once for one that says nothing). */
  static async start(command, args, { env, cwd, ready }) {
    const program = new Program();
    await program.#start(command, args, { env, cwd, ready });
    return program;
  }

  /** Runs it to its end and gives what it wrote to standard output. */
  static async run(command, args, { env, cwd } = {}) {
    const child = spawn(command, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    let out = "";
    let complaint = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (complaint += text));
    const [code] = await once(child, "close");
    running.delete(child);
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${complaint || out}`);
    return out;
  }

  async #start(command, args, { env, cwd, ready }) {
    const child = spawn(command, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    running.add(child);
    this.#ended = once(child, "exit").finally(() => running.delete(child));
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${command} was not ready in time:\n${this.#said}`)), PATIENCE_MS);
      const hear = (text) => {
        this.#said += text;
        if (ready && !ready.test(this.#said)) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout.setEncoding("utf8").on("data", hear);
      child.stderr.setEncoding("utf8").on("data", hear);
      if (!ready) child.once("spawn", () => hear(""));
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`${command} ended with ${code}:\n${this.#said}`)));
    }).catch(async (error) => {
      await this.stop();
      throw error;
    });
  }

  get hasEnded() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get said() {
    return this.#said;
  }

  /** `SIGKILL` is what a power cut looks like; `SIGTERM` lets it finish. */
  async stop(signal = "SIGKILL") {
    this.#child.kill(signal);
    await this.#ended;
  }
}
