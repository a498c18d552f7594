/**
 * What this browser remembers for one site, in the host page's own storage. Where storage is denied or full, it is
 * remembered for as long as the page lives.
 */

export type Shelf = {
  read<T>(key: string): T | null;
  write(key: string, value: unknown): void;
  remove(key: string): void;
};

export const shelfKey = (site: string, key: string): string => `afterword/${site}/${key}`;

export function shelf(site: string, area: "localStorage" | "sessionStorage" = "localStorage"): Shelf {
  const memory = new Map<string, string>();

  /** Merely naming the storage throws where it is denied. */
  function storage<T>(use: (storage: Storage) => T, otherwise: T): T {
    try {
      return use(window[area]);
    } catch {
      return otherwise;
    }
  }

  return {
    read<T>(key: string): T | null {
      const text = memory.get(key) ?? storage((s) => s.getItem(shelfKey(site, key)), null);
      try {
        return text === null ? null : (JSON.parse(text) as T);
      } catch {
        return null;
      }
    },
    write(key, value) {
      const text = JSON.stringify(value);
      const kept = storage((s) => (s.setItem(shelfKey(site, key), text), true), false);
      if (kept) memory.delete(key);
      else memory.set(key, text);
    },
    remove(key) {
      memory.delete(key);
      storage((s) => s.removeItem(shelfKey(site, key)), undefined);
    },
  };
}
