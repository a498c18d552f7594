/** The chunk that shows a thread: puts it into a shadow root, and keeps it looking like the page around it. */

import { render } from "preact";
import { jsx } from "./jsx/runtime.ts";
import { createApi } from "./api/client.ts";
import { ORDERS, type Order } from "./api/schema.ts";
import type { Place } from "./state/browse.ts";
import { Thread } from "./components/Thread.tsx";
import { thread as strings } from "./i18n/en/thread.ts";
import { learn } from "./i18n/t.ts";
import { fetchChunk } from "./state/chunks.ts";
import { draftKey } from "./state/draftKey.ts";
import { pageQuery, pageRef } from "./state/page.ts";
import { shelf } from "./state/shelf.ts";
import { type Theme, look, watchLooks } from "./state/theme.ts";
import { ThreadState } from "./state/thread.ts";
import { addStyles, wear } from "./styles/sheets.ts";
import tokens from "./styles/tokens.css";

export * from "./kit.ts";

learn(strings);
addStyles(tokens);

/**
 * After an upgrade, an outdated loader asks for this chunk by its old name and is given the new one. The chunks that
 * come later import it by its new name, and must not meet a second copy: so that is the one to use.
 */
export const current: Promise<typeof import("./thread.ts")> | null =
  import.meta.url.endsWith(__SELF__) ? null : import(/* @vite-ignore */ new URL(__SELF__, import.meta.url).href);

/** What the element's attributes say. */
export type Options = {
  base: string;
  site: string;
  page: string | null;
  title: string | null;
  sort: string | null;
  theme: string | null;
  headingLevel: string | null;
  /** A one-time code in the address the page was opened with: somebody comes back from signing in. */
  returned: string | null;
};

export type Mounted = { update: (options: Options) => void; destroy: () => void };

export function mount(host: HTMLElement, root: ShadowRoot, options: Options): Mounted {
  const undress = wear(root);
  const box = document.createElement("div");
  box.className = "afterword";
  box.setAttribute("part", "root");
  root.append(box);

  const paint = () => {
    const { dark, accent, onAccent } = look(host, themeOf(options.theme));
    box.dataset["theme"] = dark ? "dark" : "light";
    box.toggleAttribute("data-forced", themeOf(options.theme) !== "auto");
    box.style.setProperty("--_page-accent", accent);
    box.style.setProperty("--_on-accent", onAccent);
  };
  const ending = new AbortController();
  watchLooks(paint, ending.signal);
  paint();

  // A single-page site may have changed its address without any of our attributes: what is shown is compared.
  let shown = identity(options);
  let stop = show(host, box, options);
  return {
    update(now) {
      options = now;
      paint();
      const wanted = identity(options);
      if (shown === wanted) return;
      shown = wanted;
      stop();
      stop = show(host, box, options);
    },
    destroy() {
      stop();
      ending.abort();
      undress();
      box.remove();
    },
  };
}

const identity = ({ site, sort, page, headingLevel }: Options): string =>
  JSON.stringify([site, sort, headingLevel, pageQuery(pageRef(page, null))]);

/** Shows one thread until the returned function is called. */
function show(host: HTMLElement, box: HTMLElement, options: Options): () => void {
  const api = createApi(options.base, options.site);
  const kept = shelf(options.site);
  const name = options.page ?? location.pathname;
  const places = shelf(options.site, "sessionStorage");
  // A reload and the Back button lead to where somebody had been; a link leads to the top.
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const place = entry?.type === "navigate" ? null : places.read<Place>(`place/${name}`);
  const order = orderOf(place?.order) ?? orderOf(kept.read("order")) ?? orderOf(options.sort) ?? "oldest";
  const state = new ThreadState(api, pageRef(options.page, options.title), order, kept, name, (event, detail) => {
    host.dispatchEvent(new CustomEvent(`afterword:${event}`, { detail, bubbles: true, composed: true }));
  });

  // A draft that waits brings the composer along.
  state.writing = kept.read(draftKey(name)) !== null;

  const headingLevel = Math.min(6, Math.max(1, Number(options.headingLevel) || 2));
  let drawing = false;
  const draw = () => {
    drawing = false;
    render(jsx(Thread, { thread: state, headingLevel }), box);
    putFocus(state, box);
  };
  // Once for all that changes together.
  const unwatch = state.watch(() => {
    if (!drawing) queueMicrotask(draw);
    drawing = true;
  });
  draw();

  const ending = new AbortController();
  const clock = setInterval(() => state.redraw(), 60_000);
  void start(state, host, options.returned, place?.pages ?? 1, ending.signal);
  return () => {
    ending.abort();
    clearInterval(clock);
    unwatch();
    drawing = true;
    render(null, box);
  };
}

/** Moves the focus where an action left it, once that is drawn. */
function putFocus(state: ThreadState, box: HTMLElement): void {
  if (!state.focus) return;
  const { id, act } = state.focus;
  const target = box.querySelector<HTMLElement>(`#c-${CSS.escape(id)}${act ? ` .${act}` : ""}`);
  if (!target) return;
  state.focus = null;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
}

async function start(state: ThreadState, host: HTMLElement, returned: string | null, pages: number, signal: AbortSignal): Promise<void> {
  // Whether this browser holds a session is known without asking; if so, its chunk comes along with the thread.
  const known = returned || state.shelf.read("session") || state.shelf.read("guest");
  const visitor = known && fetchChunk("visitor");
  await state.load();
  if (!state.site) return;
  state.emit("ready", { count: state.thread.count });
  if (location.hash.startsWith("#afterword") || pages > 1) await readOn();
  else (window.requestIdleCallback ?? setTimeout)(() => void readOn());
  host.style.minHeight = "";
  if (visitor) await (await visitor).visit(state).arrive(returned);

  async function readOn(): Promise<void> {
    const chunk = await fetchChunk("browse");
    if (signal.aborted) return;
    chunk.accompany(state, host, signal);
    await chunk.restore(state, pages);
    if (pages === 1) await chunk.follow(state, host);
  }
}

const orderOf = (value: unknown): Order | undefined => ORDERS.find((order) => order === value);

const themeOf = (value: string | null): Theme => (value === "light" || value === "dark" ? value : "auto");
