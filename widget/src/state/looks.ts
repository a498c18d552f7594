/** Following the page when it changes its looks: a switch for dark mode, the system at dusk. */

/** Calls back when the page may have changed its looks, until the signal says stop. */
export function watchLooks(changed: () => void, signal: AbortSignal): void {
  const soon = () => {
    requestAnimationFrame(changed);
    setTimeout(changed, 600); // Once more when a transition between two looks is over.
  };
  const observer = new MutationObserver(soon);
  for (const element of [document.documentElement, document.body]) {
    observer.observe(element, { attributeFilter: ["class", "style", "data-theme"] });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", soon, { signal });
  signal.addEventListener("abort", () => observer.disconnect());
}
