/**
 * The custom elements: `<afterword-thread>` and `<afterword-count>`. They hold the place on the page, and fetch what
 * fills it when the place comes near the view. `embed.ts` registers them.
 *
 * Part of the loader, so: no imports but types, nothing that could be done later.
 */

import type { Mounted, Options } from "./thread.ts";

/** Where the server's files live: `https://comments.example.org/`. */
export type Home = { base: string; site: string | null; sso: string | null; returned: string | null };

const ATTRIBUTES = ["site", "page", "title", "sort", "theme", "lang", "heading-level", "sso"] as const;

export function elements(home: Home) {
  const chunk = <T>(name: string): Promise<T> => import(`${home.base}widget/${name}`) as Promise<T>;

  class AfterwordThread extends HTMLElement {
    static readonly observedAttributes = ATTRIBUTES;
    /** Gets a token that says who is reading, where the page gave a function instead of a token. */
    sso: Options["sso"] = null;
    #mounted: Mounted | null = null;
    #watch: IntersectionObserver | null = null;
    #started = false;
    #queued = false;

    connectedCallback(): void {
      this.#queue();
    }

    disconnectedCallback(): void {
      this.#queue();
    }

    attributeChangedCallback(): void {
      this.#queue();
    }

    /** Reads the page and the attributes again; a single-page site calls this after it moved on. */
    refresh(): void {
      this.#queue();
    }

    /** Once for all that changes in one go: attributes come singly, and moving an element takes it out first. */
    #queue(): void {
      if (this.#queued) return;
      this.#queued = true;
      queueMicrotask(() => {
        this.#queued = false;
        if (!this.isConnected) this.#stop();
        else if (this.#mounted) this.#mounted.update(this.#options());
        else if (!this.#started) this.#wait();
      });
    }

    #wait(): void {
      this.#started = true;
      const { style } = this;
      style.display ||= "block";
      // The height it had when the page was left, so that going back finds its position.
      style.minHeight ||= `${this.#height() || 320}px`;
      const now = this.getAttribute("lazy") === "no" || location.hash.startsWith("#afterword") || home.returned;
      if (now) return void this.#start();
      this.#watch = new IntersectionObserver((seen) => {
        if (seen.some((entry) => entry.isIntersecting)) void this.#start();
      }, { rootMargin: "1000px 0px" });
      this.#watch.observe(this);
    }

    #height(): number {
      try {
        const { site, page } = this.#options();
        const text = sessionStorage.getItem(`afterword/${site}/place/${page ?? location.pathname}`);
        const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
        return entry?.type === "navigate" ? 0 : JSON.parse(text ?? "{}").height;
      } catch {
        return 0;
      }
    }

    async #start(): Promise<void> {
      this.#watch?.disconnect();
      this.#watch = null;
      try {
        const found = await chunk<typeof import("./thread.ts")>(__THREAD__);
        const { mount } = (await found.current) ?? found;
        if (!this.isConnected) return this.#stop();
        this.#mounted = mount(this, this.shadowRoot ?? this.attachShadow({ mode: "open" }), this.#options());
        home.returned = null;
      } catch {
        this.#failed();
      }
    }

    /** The widget itself could not be fetched: said without it. */
    #failed(): void {
      const retry = document.createElement("button");
      retry.textContent = "Comments couldn’t load. Retry";
      retry.addEventListener("click", () => {
        retry.remove();
        void this.#start();
      });
      const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
      root.replaceChildren(retry);
    }

    #stop(): void {
      this.#watch?.disconnect();
      this.#mounted?.destroy();
      this.#watch = this.#mounted = null;
      this.#started = false;
    }

    #options(): Options {
      const said = (name: string) => this.getAttribute(name);
      return {
        base: home.base,
        site: said("site") ?? home.site ?? "",
        page: said("page"),
        title: said("title"),
        sort: said("sort"),
        theme: said("theme"),
        headingLevel: said("heading-level"),
        returned: home.returned,
        sso: this.sso ?? said("sso") ?? home.sso,
      };
    }
  }

  class AfterwordCount extends HTMLElement {
    connectedCallback(): void {
      void chunk<typeof import("./count.ts")>(__COUNT__).then(({ count }) => count(this, home.base, this.getAttribute("site") ?? home.site ?? ""), () => {});
    }
  }

  return { AfterwordThread, AfterwordCount };
}
