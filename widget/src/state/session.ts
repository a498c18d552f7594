/**
 * Who this browser is on one site: a member with a session, a guest with a name, or nobody.
 *
 * Invariants: the access token lives in memory only. The refresh token is in a cookie that scripts cannot read where
 * the browser keeps such a cookie, else in the host page's storage. Only one tab refreshes at a time.
 */

import type { Api } from "../api/client.ts";
import { isProblem } from "../api/problem.ts";
import type { SessionAnswer, Visitor } from "../api/schema.ts";
import { Observable } from "./observable.ts";
import { randomToken } from "./proof.ts";
import { type Shelf, shelf, shelfKey } from "./shelf.ts";

/** What is stored: that there is a session, and its refresh token unless a cookie holds it. */
type Stored = { refresh?: string };
export type Guest = { token: string; name: string; email?: string };

/** A token is renewed this long before it ends, so that a request does not outlive it. */
const MARGIN_MS = 30_000;

export class Session extends Observable {
  /** As the server last said; `null` until it did. */
  visitor: Visitor | null = null;
  /** What a provider calls them who have no name here yet: for them to take, or not. */
  suggested = "";
  #access: { token: string; until: number } | null = null;
  #partitioned: Promise<boolean> | null = null;
  #refreshing: Promise<void> | null = null;
  /** Asks the site itself who is reading, if it can be asked more than once. `true`: they are signed in. */
  renew: (() => Promise<boolean>) | null = null;
  readonly #shelf;
  /** What is remembered no longer than the tab lives. */
  readonly #tab;
  readonly #channel: BroadcastChannel | null;

  constructor(readonly api: Api) {
    super();
    this.#shelf = shelf(api.site);
    this.#tab = shelf(api.site, "sessionStorage");
    this.#channel = channel(`afterword/${api.site}`);
    this.#channel?.addEventListener("message", ({ data }) => data === "signed-out" && this.#forget());
    // A new session is told by the storage itself: a message may come before the value it speaks of. One that went is
    // told both ways, because a browser may have only one of them.
    addEventListener("storage", ({ key, newValue }) => {
      if (key !== shelfKey(api.site, "session")) return;
      if (newValue === null) this.#forget();
      else this.changed();
    });
  }

  /** There is a session, as far as this browser knows. */
  get isMember(): boolean {
    return this.#access !== null || this.#shelf.read<Stored>("session") !== null;
  }

  get guest(): Guest | null {
    return this.#shelf.read<Guest>("guest") ?? this.#tab.read<Guest>("guest");
  }

  /** Where to keep what concerns whoever this is: as long as they themselves are known here. */
  get keeps(): Shelf {
    return this.isMember || this.remembersGuest ? this.#shelf : this.#tab;
  }

  /** Whether the guest will be known here tomorrow. */
  get remembersGuest(): boolean {
    return this.#shelf.read<Guest>("guest") !== null;
  }

  /**
   * The guest's token is ours to make: the first comment with it introduces them. Who is not to be remembered in this
   * browser is forgotten with the tab: until then they see what they wrote, and can mend it.
   */
  becomeGuest(name: string, email: string, remember: boolean): void {
    const token = this.guest?.token ?? `gt_${randomToken(32)}`;
    const [keeps, forgets] = remember ? [this.#shelf, this.#tab] : [this.#tab, this.#shelf];
    forgets.remove("guest");
    keeps.write("guest", email ? { token, name, email } : { token, name });
    this.changed();
  }

  forgetGuest(): void {
    this.#shelf.remove("guest");
    this.#tab.remove("guest");
    this.changed();
  }

  /** The way in that was used last in this browser: a provider's id, or `email`, `password`, … */
  get lastWay(): string | null {
    return this.#shelf.read<string>("way");
  }

  /** Whom the site said this session is of, if the site signed them in. */
  get subject(): string | null {
    return this.isMember ? this.#shelf.read<string>("subject") : null;
  }

  /**
   * Makes a request as whoever this is, and once more if the token turned out to be spent. With nobody signed in,
   * `bearer` is a guest's token or `null`.
   */
  async as<T>(request: (bearer: string | null) => Promise<T>): Promise<T> {
    const bearer = await this.#bearer();
    try {
      return await request(bearer);
    } catch (error) {
      if (!this.isMember || !isProblem(error, "session-ended", "sign-in-needed")) throw error;
      this.#access = null;
      return request(await this.#bearer());
    }
  }

  /** A session begins or goes on with what the server answered. `subject`: whom the site says it is of. */
  accept(answer: SessionAnswer, began: boolean, subject?: string): void {
    this.#access = { token: answer.access, until: Date.now() + answer.expires_in_secs * 1000 - MARGIN_MS };
    this.visitor = answer.visitor;
    this.suggested = answer.suggested_name ?? "";
    const before = this.#shelf.read<Stored>("session");
    if (answer.refresh) this.#shelf.write("session", { refresh: answer.refresh });
    else if (began || !before) this.#shelf.write("session", {});
    if (began) {
      const via = answer.visitor.kind === "member" && answer.visitor.via;
      if (subject) this.#shelf.write("subject", subject);
      else this.#shelf.remove("subject");
      if (via && via.kind !== "sso") this.#shelf.write("way", via.id ?? via.kind);
    }
    this.changed();
  }

  setVisitor(visitor: Visitor): void {
    this.visitor = visitor;
    this.changed();
  }

  /** Ends the session here, or in all places at once, and tells the other tabs. */
  async signOut(everywhere: boolean): Promise<void> {
    const refresh = this.#shelf.read<Stored>("session")?.refresh;
    await this.api.send("POST", "auth/logout", { ...(refresh && { refresh }), ...(everywhere && { everywhere }) }, { cookie: true });
    this.#channel?.postMessage("signed-out");
    this.#forget();
  }

  /**
   * Whether this browser keeps our cookie on this page: the first request sets one, the second says whether it came
   * back. On plain http none can.
   */
  keepsCookie(): Promise<boolean> {
    this.#partitioned ??= (async () => {
      if (!this.api.base.startsWith("https:")) return false;
      const probe = () => this.api.send<{ partitioned: boolean }>("POST", "auth/probe", {}, { cookie: true });
      try {
        await probe();
        return (await probe()).partitioned;
      } catch {
        this.#partitioned = null;
        return false;
      }
    })();
    return this.#partitioned;
  }

  async #bearer(): Promise<string | null> {
    if (this.isMember && !(this.#access && Date.now() < this.#access.until)) {
      this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
      await this.#refreshing;
    }
    return this.#access?.token ?? this.guest?.token ?? null;
  }

  /** One tab at a time: the one that waited finds the token that the other one stored. */
  async #refresh(): Promise<void> {
    let ended = false;
    const refresh = async () => {
      const stored = this.#shelf.read<Stored>("session");
      if (!stored) return this.#forget();
      try {
        this.accept(await this.api.send<SessionAnswer>("POST", "auth/refresh", stored.refresh ? { refresh: stored.refresh } : {}, { cookie: true }), false);
      } catch (error) {
        if (!isProblem(error, "session-ended", "sign-in-needed", "banned")) throw error;
        // Another tab may have signed in anew while this one's question was on its way.
        ended = this.#shelf.read<Stored>("session")?.refresh === stored.refresh;
        if (ended) this.#forget();
      }
    };
    await alone(`afterword/${this.api.site}/refresh`, refresh);
    // The server ended it, nobody here did: the site may still know who is reading.
    if (ended) await this.renew?.();
  }

  #forget(): void {
    this.#access = null;
    this.visitor = null;
    this.#shelf.remove("session");
    this.#shelf.remove("subject");
    this.changed();
  }
}

/** Firefox denies a page that may store nothing to talk to its other tabs, too. */
function channel(name: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null;
  }
}

/** Runs while no other tab does, as far as this browser lets tabs know of each other. */
async function alone(name: string, deed: () => Promise<void>): Promise<void> {
  let begun = false;
  try {
    await navigator.locks.request(name, () => ((begun = true), deed()));
  } catch (error) {
    if (begun) throw error;
    await deed();
  }
}

const sessions = new Map<string, Session>();

/** One for each site on the page, however many threads it shows. */
export function sessionOf(api: Api): Session {
  const key = `${api.base} ${api.site}`;
  const known = sessions.get(key) ?? new Session(api);
  sessions.set(key, known);
  return known;
}
