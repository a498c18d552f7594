/** Reading on: more conversations, more replies, another order, the comment that an address names. */

import type { Around, CommentId, Conversation, Order, Replies } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import { fetchChunk } from "./chunks.ts";
import { watchLooks } from "./looks.ts";
import { append, change, find, join, overlaid, overlay } from "./merge.ts";
import { shelf } from "./shelf.ts";
import { type Talk, talkOf } from "./talks.ts";
import type { ThreadState } from "./thread.ts";

/** `remember`: the reader chose it, so it holds for the site's other pages too. */
export async function setOrder(thread: ThreadState, order: Order, remember: boolean): Promise<void> {
  if (remember) thread.shelf.write("order", order);
  thread.order = order;
  await thread.load();
  overlay(thread);
}

export function copy(thread: ThreadState, address: string): void {
  navigator.clipboard.writeText(address).then(
    () => thread.say(t("copied")),
    () => (location.href = address), // Then it can be copied from the address bar.
  );
}

/** Loads the next conversations and puts the focus on the first of them. */
export function more(thread: ThreadState): Promise<void> {
  return attempt(thread, "more", () => more(thread), async () => {
    const known = new Set(thread.listed.map((talk) => talk.root));
    await nextPage(thread);
    focusOn(thread, thread.listed.find((talk) => !known.has(talk.root))?.root);
  });
}

export function moreReplies(thread: ThreadState, { root, after, comments }: Talk): Promise<void> {
  return attempt(thread, root, () => moreReplies(thread, { root, after, comments } as Talk), async () => {
    const found = await thread.api.get<Replies>("replies", { thread: thread.thread.id, root, after: after || null });
    const known = new Set(comments.map((comment) => comment.id));
    change(thread, root, (talk) => ({
      ...overlaid(thread, join(talk, found.comments)),
      after: found.more?.after ?? null,
      left: found.more?.count ?? 0,
    }));
    focusOn(thread, found.comments.find((comment) => !known.has(comment.id))?.id);
  });
}

/** Shows the comment that a permalink names. `false` if there is none to be seen. */
export async function reveal(thread: ThreadState, id: CommentId): Promise<boolean> {
  if (!find(thread, id)) {
    try {
      const { conversation } = await thread.api.get<Around>(`comments/${encodeURIComponent(id)}`);
      const around = overlaid(thread, talkAround(conversation));
      const listed = thread.listed.some((talk) => talk.root === around.root);
      if (listed) change(thread, around.root, (talk) => join(talk, around.comments));
      else thread.set({ linked: around });
    } catch {
      return false;
    }
  }
  thread.set({ highlighted: id });
  return true;
}

/** Goes to the comment that the address names, or to the thread itself. Moves nothing if it names neither. */
export async function follow(thread: ThreadState, host: HTMLElement): Promise<void> {
  const id = /^#afterword-([\w-]+)$/.exec(location.hash)?.[1];
  if (!id || !(await reveal(thread, id))) {
    if (id) thread.say(t("gone"));
    if (id || location.hash === "#afterword") host.scrollIntoView();
    return;
  }
  await settle(host, id, (comment) => comment.scrollIntoView());
  elementOf(host, id)?.focus({ preventScroll: true });
}

const elementOf = (host: HTMLElement, id: CommentId) => host.shadowRoot?.querySelector<HTMLElement>(`#c-${CSS.escape(id)}`);

/** Places a comment, a few times over: what comes into view above it takes its real height only now. */
async function settle(host: HTMLElement, id: CommentId, place: (comment: HTMLElement) => void): Promise<void> {
  for (let times = 0; times < 4; times++) {
    await new Promise(requestAnimationFrame);
    const comment = elementOf(host, id);
    if (comment) place(comment);
  }
}

/**
 * Where a reader was when they left: what they had loaded, and which comment stood how far below the top of the window.
 * The loader reads the height, the thread's chunk the order.
 */
export type Place = { order: Order; pages: number; height: number; at?: { id: CommentId; top: number } };

function placeNow(thread: ThreadState, host: HTMLElement): Place {
  const place: Place = { order: thread.order, pages: thread.pages, height: host.offsetHeight };
  const inView = (element: Element) => element.getBoundingClientRect().bottom > 0;
  // Conversations first: looking into those far away would make the browser lay them out.
  const talk = [...(host.shadowRoot?.querySelectorAll(".talk") ?? [])].find(inView);
  const comment = [...(talk?.querySelectorAll("article") ?? [])].find(inView);
  const top = comment?.getBoundingClientRect().top ?? 0;
  return comment && top < innerHeight ? { ...place, at: { id: comment.id.slice(2), top } } : place;
}

/**
 * What follows the first page: goes on to where this reader was, or to what the address names, and keeps following the
 * address, the time and the page's looks until the signal says stop.
 */
export async function readOn(thread: ThreadState, host: HTMLElement, place: Place | null, repaint: () => void, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  watchLooks(repaint, signal);
  const clock = setInterval(() => thread.redraw(), 60_000);
  signal.addEventListener("abort", () => clearInterval(clock));
  // Somebody looks again: what happened meanwhile is asked of the server, for those whom it concerns.
  const look = () => {
    if (document.visibilityState !== "visible" || !thread.reader.visitor) return;
    fetchChunk("visitor").then((chunk) => chunk.visit(thread).look(), () => {});
  };
  addEventListener("focus", look, { signal });
  document.addEventListener("visibilitychange", look, { signal });
  addEventListener("hashchange", () => void follow(thread, host), { signal });
  const places = shelf(thread.api.site, "sessionStorage");
  addEventListener("pagehide", () => {
    places.write(`place/${thread.name}`, placeNow(thread, host));
  }, { signal });
  // Somebody who comes back finds the position they left; only a link moves the page.
  if (!place) return follow(thread, host);
  try {
    while (thread.pages < place.pages && thread.next !== null) await nextPage(thread);
  } catch {
    return; // What is loaded is shown, and the button for more.
  }
  const { at } = place;
  if (at) await settle(host, at.id, (comment) => scrollBy({ top: comment.getBoundingClientRect().top - at.top, behavior: "instant" }));
}

/**
 * A conversation found by a permalink holds the root, the comment's ancestors, the comment and what follows. What lies
 * between is not known, so "more" begins at the beginning.
 */
function talkAround(conversation: Conversation): Talk {
  const shown = conversation.comments.filter((comment) => comment.state === "published").length;
  const left = Math.max(0, conversation.count - shown);
  return { ...talkOf(conversation), after: left > 0 ? "" : null, left };
}

async function nextPage(thread: ThreadState): Promise<void> {
  const page = await thread.fetchPage(thread.next);
  thread.pages += 1;
  append(thread, page.conversations, page.next);
}

function focusOn(thread: ThreadState, id: CommentId | undefined): void {
  if (id !== undefined) thread.set({ focus: { id } });
}

async function attempt(thread: ThreadState, where: CommentId | "more", retry: () => void, work: () => Promise<void>): Promise<void> {
  if (thread.loading) return;
  thread.set({ loading: true, hiccup: null });
  try {
    await work();
  } catch {
    thread.set({ hiccup: { where, retry } });
  }
  thread.set({ loading: false });
}
