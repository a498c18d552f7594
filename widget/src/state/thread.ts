/**
 * One page's thread as this reader sees it: what the server tells everybody, and over it what concerns this reader
 * (`mine`), merged by id. Components draw it; reading on (`browse`) and writing (`visit`) go through it.
 */

import type { Api } from "../api/client.ts";
import type { Comment, CommentId, Order, PageRef, Site, Thread, ThreadPage, Visitor } from "../api/schema.ts";
import { Observable } from "./observable.ts";
import { pageQuery } from "./page.ts";
import type { Shelf } from "./shelf.ts";
import { type Talk, once } from "./talks.ts";

export type Emit = (name: "ready" | "posted" | "signed-in" | "signed-out", detail: unknown) => void;

/** Who is reading, once that is known. */
export type Reader = { visitor: Visitor | null; liked: ReadonlySet<CommentId>; own: ReadonlySet<CommentId>; approved: readonly CommentId[] };

/** A panel that waits for the reader: where it stands, and what it asks. */
export type Asking = { at: CommentId | "top"; what: "sign-in" | "reply" | "edit" | "remove"; after?: () => void };

/** A comment, or one of its buttons. */
export type Focus = { id: CommentId; act?: "reply" | "edit" | "remove" | "like" };

export const NOBODY: Reader = { visitor: null, liked: new Set(), own: new Set(), approved: [] };

export class ThreadState extends Observable {
  site: Site | null = null;
  thread: Thread = { id: null, url: "", count: 0, closed_at: null };
  /** Why nothing could be shown. */
  failure: unknown = null;
  /** Loads the thread and all that follows from it; once more after a failure. */
  start: () => Promise<void> = () => this.load();
  /** Why the last attempt to show more failed, and what to try again. */
  hiccup: { where: CommentId | "more"; retry: () => void } | null = null;
  loading = false;
  reader: Reader = NOBODY;
  asking: Asking | null = null;
  /** The comment a permalink names. */
  highlighted: CommentId | null = null;
  /** Where the focus goes after the next drawing. */
  focus: Focus | null = null;
  /** What the live region says. */
  said = "";
  /** Counts up when all must be drawn again: a minute passed, a chunk came. */
  tick = 0;
  /** What is written in the composer above the thread, and whether that is open. */
  text = "";
  writing = false;

  /** The conversations loaded in the thread's order, then where the next ones begin, and how many pages that took. */
  listed: readonly Talk[] = [];
  next: string | null = null;
  pages = 0;
  /** A conversation loaded for a permalink, out of its order. */
  linked: Talk | null = null;
  /** Comments that only this reader sees, or sees sooner than others: laid over every conversation that is loaded. */
  readonly mine = new Map<CommentId, Comment>();

  constructor(
    readonly api: Api,
    readonly page: PageRef,
    public order: Order,
    readonly shelf: Shelf,
    /** What this browser calls the page. */
    readonly name: string,
    readonly emit: Emit,
  ) {
    super();
  }

  /** The conversations in the order in which they are drawn. */
  get talks(): readonly Talk[] {
    const all = this.all();
    // At the end is where a new one belongs when the oldest come first; but not before those yet to be loaded.
    const last = this.order === "oldest" && this.next === null;
    const rank = (talk: Talk) => (talk.fresh ? (last ? 4 : 2) : talk.pinned || talk === this.linked ? 1 : 3);
    return all.toSorted((a, b) => rank(a) - rank(b));
  }

  all(): readonly Talk[] {
    return this.linked ? [this.linked, ...this.listed] : this.listed;
  }

  /** Loads the first page. */
  async load(): Promise<void> {
    this.set({ loading: true, failure: null });
    try {
      const { site, thread, order, conversations, next } = await this.fetchPage(null);
      this.set({ site, thread, order, listed: once(conversations), next, pages: 1, linked: null });
    } catch (failure) {
      this.set({ failure });
    }
    this.set({ loading: false });
  }

  fetchPage(after: string | null): Promise<ThreadPage> {
    return this.api.get<ThreadPage>("thread", { ...pageQuery(this.page), order: this.order, after });
  }

  ask(asking: Asking | null): void {
    this.set({ asking });
  }

  say(said: string): void {
    this.set({ said });
  }

  redraw(): void {
    this.set({ tick: this.tick + 1 });
  }

  set(facts: Partial<Pick<ThreadState, Fact>>): void {
    Object.assign(this, facts);
    this.changed();
  }
}

type Fact =
  | "site" | "thread" | "failure" | "hiccup" | "loading" | "reader" | "asking" | "highlighted" | "focus" | "said"
  | "tick" | "text" | "writing" | "order" | "listed" | "next" | "pages" | "linked";
