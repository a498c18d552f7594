/**
 * The loader, `embed.js`: reads the script tag's own `data-*`, registers the elements and puts one where the comments
 * belong. One global, `Afterword`, and no other.
 */

import { elements } from "./element.ts";

type MountOptions = Partial<Record<"site" | "page" | "title" | "sort" | "theme" | "lang" | "lazy", string>> & {
  headingLevel?: number;
  sso?: string | (() => Promise<string | null>);
};

(() => {
  const script = document.currentScript as HTMLScriptElement | null;
  if (!script || customElements.get("afterword-thread")) return;
  const { dataset } = script;

  // A code in the address belongs to us alone: it goes before anything else can read it.
  const returned = /^#afterword-code=(.+)/.exec(location.hash)?.[1] ?? null;
  if (returned) history.replaceState(history.state, "", location.pathname + location.search);

  const { AfterwordThread, AfterwordCount } = elements({
    base: new URL(".", script.src).href,
    site: dataset["site"] ?? null,
    sso: dataset["sso"] ?? null,
    returned,
  });
  customElements.define("afterword-thread", AfterwordThread);
  customElements.define("afterword-count", AfterwordCount);

  type Thread = InstanceType<typeof AfterwordThread>;

  function apply(thread: Thread, options: object): void {
    for (const [name, value] of Object.entries(options)) {
      if (typeof value === "function") {
        thread.sso = value;
        continue;
      }
      const attribute = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      if (value == null) thread.removeAttribute(attribute);
      else thread.setAttribute(attribute, String(value));
    }
    thread.refresh();
  }

  function mount(place: Element, options: MountOptions = {}) {
    const thread = document.createElement("afterword-thread") as Thread;
    apply(thread, options);
    place.append(thread);
    return {
      /** Changes what is given, and looks again at which page this is. */
      update: (changes: MountOptions = {}) => apply(thread, changes),
      destroy: () => thread.remove(),
    };
  }

  Object.defineProperty(window, "Afterword", { value: Object.freeze({ mount }), configurable: true });

  const { site, page, title, sort, theme, lang, lazy, headingLevel, target } = dataset;
  if (!site) return;
  const options: MountOptions = { site };
  for (const [name, value] of Object.entries({ page, title, sort, theme, lang, lazy, headingLevel })) {
    if (value !== undefined) Object.assign(options, { [name]: value });
  }

  const place = () => document.querySelector(target ?? "#afterword");

  function begin(): void {
    const found = place();
    if (found) mount(found, options);
    else if (!document.querySelector("afterword-thread, afterword-count")) {
      const here = document.createElement("div");
      script?.after(here);
      mount(here, options);
    }
  }

  // The script may run before the place has been parsed.
  if (place() || document.readyState !== "loading") begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
