/** The chunk that shows a thread: puts it into a shadow root, and keeps it looking like the page around it. */

import "./styles/base.ts";
import { render } from "preact";
import { jsx } from "./jsx/runtime.ts";
import { createApi } from "./api/client.ts";
import { ORDERS, type Order } from "./api/schema.ts";
import type { Place } from "./state/browse.ts";
import type { Sso } from "./state/visit.ts";
import { Thread } from "./components/Thread.tsx";
import { thread as strings } from "./i18n/en/thread.ts";
import { learn } from "./i18n/t.ts";
import { fetchChunk } from "./state/chunks.ts";
import { draftKey } from "./state/draftKey.ts";
import { pageQuery, pageRef } from "./state/page.ts";
import { shelf } from "./state/shelf.ts";
import { type Theme, look } from "./state/theme.ts";
import { ThreadState } from "./state/thread.ts";
import { wear } from "./styles/sheets.ts";

export * from "./kit.ts";

learn(strings);

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
  /** The site's word for who is reading: a token, or a function that gets one. */
  sso: Sso | null;
};

export type Mounted = { update: (options: Options) => void; destroy: () => void };

export function mount(host: HTMLElement, root: ShadowRoot, options: Options): Mounted {
  const undress = wear(root);
  const box = document.createElement("div");
  box.setAttribute("part", "root");
  root.append(box);

  const paint = () => {
    const theme = themeOf(options.theme);
    const { dark, accent, onAccent } = look(host, theme);
    box.className = `afterword ${theme}`;
    box.dataset["theme"] = dark ? "dark" : "light";
    box.style.setProperty("--_page-accent", accent);
    box.style.setProperty("--_on-accent", onAccent);
  };
  paint();

  // A single-page site may have changed its address without any of our attributes: what is shown is compared.
  let shown = identity(options);
  let stop = show(host, box, options, paint);
  return {
    update(now) {
      const same = now.sso === options.sso;
      options = now;
      paint();
      const wanted = identity(options);
      if (same && shown === wanted) return;
      shown = wanted;
      stop();
      stop = show(host, box, options, paint);
    },
    destroy() {
      stop();
      undress();
      box.remove();
    },
  };
}

const identity = ({ site, sort, page, headingLevel }: Options): string =>
  JSON.stringify([site, sort, headingLevel, pageQuery(pageRef(page, null))]);

/** Shows one thread until the returned function is called. */
function show(host: HTMLElement, box: HTMLElement, options: Options, paint: () => void): () => void {
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

  const ending = new AbortController();
  const { signal } = ending;
  const headingLevel = Number(options.headingLevel) || 2;
  let drawing = false;
  const draw = () => {
    drawing = false;
    if (signal.aborted) return;
    render(jsx(Thread, { thread: state, headingLevel }), box);
    putFocus(state, box);
  };
  // Once for all that changes together.
  state.watch(() => {
    if (!drawing) queueMicrotask(draw);
    drawing = true;
  });

  state.start = async () => {
    const loaded = state.load();
    const ignore = () => {}; // The thread can be read without what comes later.
    // Whether this browser holds a session is known without asking.
    if (options.returned || options.sso !== null || kept.read("session") || kept.read("guest") || places.read("guest")) {
      fetchChunk("visitor").then((chunk) => loaded.then(() => state.site && chunk.visit(state).arrive(options.returned, options.sso))).catch(ignore);
    }
    const reading = fetchChunk("browse").then((chunk) => loaded.then(() => state.site && chunk.readOn(state, host, place, paint, signal)));
    await loaded;
    if (!state.site) return;
    state.emit("ready", { count: state.thread.count });
    await reading.catch(ignore);
    host.style.minHeight = "";
  };
  void state.start();
  return () => {
    ending.abort();
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

const orderOf = (value: unknown): Order | undefined => ORDERS.find((order) => order === value);

const themeOf = (value: string | null): Theme => (value === "light" || value === "dark" ? value : "auto");
