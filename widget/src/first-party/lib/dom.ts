/** Making and finding elements. Nodes only, never a string of HTML: Trusted Types would refuse it, and so do we. */

type Children = (Node | string | null)[];

interface Properties {
  class?: string;
  id?: string;
  hidden?: boolean;
  /** Called on click. */
  click?: (event: MouseEvent) => void;
  /** Attributes by their own names. */
  [attribute: string]: unknown;
}

export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Properties = {},
  ...children: Children
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "click" && typeof value === "function") {
      const act = properties.click;
      if (act) made.addEventListener("click", act as EventListener);
    } else {
      made.setAttribute(key, value === true ? "" : String(value));
    }
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** The element that the page's template promises. */
export function find<E extends HTMLElement>(selector: string, kind: new () => E, within: ParentNode = document): E {
  const found = within.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`The page has no ${selector}.`);
  return found;
}

/** Shows exactly one of the page's steps and moves the reader to its heading. */
export function showStep(id: string): void {
  for (const step of document.querySelectorAll<HTMLElement>("[data-step]")) {
    step.hidden = step.id !== id;
  }
  const heading = document.querySelector<HTMLElement>(`#${id} :is(h1, h2)`);
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
}

/** A button that copies `text` and says so. */
export function copyButton(text: () => string, label = "Copy"): HTMLButtonElement {
  const button = h("button", { type: "button", class: "quiet" }, label);
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(text()).then(
      () => flash("Copied ✓"),
      () => flash("Select the text and press Ctrl+C"),
    );
  });
  function flash(said: string): void {
    button.textContent = said;
    setTimeout(() => (button.textContent = label), 2500);
  }
  return button;
}

let region: HTMLElement | undefined;

/** Tells people who cannot see the change what happened. */
export function announce(text: string): void {
  if (!region) {
    region = h("p", { class: "visually-hidden", role: "status" });
    document.body.append(region);
  }
  region.textContent = text;
}
