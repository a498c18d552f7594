/** State that others watch: whoever changes it says so, and those who watch draw again. */
export class Observable {
  readonly #watchers = new Set<() => void>();

  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  changed(): void {
    for (const watcher of Array.from(this.#watchers)) watcher();
  }
}
