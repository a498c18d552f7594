/** "Seen on https://… ✓": watches for the first page that asks for a site's comments. */

import { announce, h } from "./dom.js";
import { changeSite, type Seen, seenFrom, type Site } from "./sites.js";
import { ago } from "./times.js";

const EVERY_MS = 2_000;

/** Shows where a site's widget is, and offers to add addresses that were refused. Ends when it leaves the page. */
export function watch(site: () => Site, changed: (site: Site) => void): HTMLElement {
  const place = h("div", { class: "watch" });
  let shown = "";

  async function look(): Promise<void> {
    const seen = await seenFrom(site().key);
    const now = JSON.stringify([seen, site().origins]);
    // Redrawn only when something changed: a button under the pointer must not move.
    if (now === shown) return;
    const first = shown !== "" && !place.querySelector(".seen") && seen.seen.length > 0;
    shown = now;
    draw(place, seen, add);
    if (first) announce(`Seen on ${seen.seen[0]?.origin ?? "your site"}`);
  }

  async function add(origin: string): Promise<void> {
    changed(await changeSite(site().key, { origins: [...site().origins, origin] }));
    announce(`${origin} was added`);
    await look();
  }

  async function watching(): Promise<void> {
    for (;;) {
      if (document.visibilityState === "visible") await look().catch(() => undefined);
      await new Promise((wake) => setTimeout(wake, EVERY_MS));
      if (!place.isConnected) return;
    }
  }

  draw(place, { seen: [], refused: [] }, add);
  queueMicrotask(() => void watching());
  return place;
}

function draw(place: HTMLElement, { seen, refused }: Seen, add: (origin: string) => Promise<void>): void {
  const rows = seen.map(({ origin, at }) =>
    h("p", { class: "seen" }, h("span", { class: "tick", "aria-hidden": "true" }, "✓"),
      h("span", {}, "Seen on ", h("strong", {}, origin), " ", h("span", { class: "hint" }, ago(at)))),
  );
  if (rows.length === 0) {
    rows.push(h("p", { class: "waiting" }, h("span", { class: "pulse", "aria-hidden": "true" }),
      h("span", {}, "Waiting for a page with the snippet to be opened…")));
  }
  const strangers = refused.map(({ origin, at }) =>
    h("div", { class: "refused" },
      h("p", {}, h("strong", {}, origin), " asked for these comments, but is not one of the site’s addresses. ",
        h("span", { class: "hint" }, ago(at))),
      h("button", { type: "button", class: "secondary", click: () => void add(origin) }, "Add")),
  );
  place.replaceChildren(...rows, ...strangers);
}
