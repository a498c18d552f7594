/** The work that a guest's browser does before the server takes a comment of theirs, one piece for each comment. */

import type { Solution, Task } from "../api/schema.ts";
import { solve } from "./solve.ts";
import type { ThreadState } from "./thread.ts";

export class Work {
  #under: Promise<Solution | null> | null = null;
  #stopping = new AbortController();

  constructor(readonly thread: ThreadState) {}

  /**
   * Begins, if it has not begun: while somebody still types. `null` if none is asked for, or if the server could not be
   * asked: posting will tell.
   */
  begin(): Promise<Solution | null> {
    this.#under ??= this.#ask().catch(() => {
      this.#under = null;
      return null;
    });
    return this.#under;
  }

  /** The server wants another one: the first was too old, or too little. */
  again(task: Task): Promise<Solution | null> {
    this.stop();
    return (this.#under = this.#solve(task));
  }

  /** Used, or not needed after all. */
  stop(): void {
    this.#stopping.abort();
    this.#stopping = new AbortController();
    this.#under = null;
  }

  async #ask(): Promise<Solution | null> {
    const { signal } = this.#stopping;
    // A server from before there was such work has no address for it.
    if (this.thread.site?.sso === undefined) return null;
    const task = await this.thread.api.send<Task>("POST", "guests/proof", { page: this.thread.page });
    return signal.aborted ? null : this.#solve(task);
  }

  async #solve(task: Task): Promise<Solution | null> {
    const { signal } = this.#stopping;
    if (task.bits === 0) return null;
    return { challenge: task.challenge, nonce: await solve(task, signal) };
  }
}
