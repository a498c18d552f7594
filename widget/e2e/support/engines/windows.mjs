/** What a page's headers do to windows, and how a window tells. */

/** Cuts windows off from the pages that opened them, and pages from the windows they open. */
export const CUT = { "cross-origin-opener-policy": "same-origin" };
/** A page that is its own frame, without the right to open windows. */
export const WINDOWLESS = { "content-security-policy": "sandbox allow-scripts allow-same-origin allow-forms allow-modals" };

/** Whether a window still knows who opened it. */
export const opener = (window) => window.tab.ask(() => (globalThis.opener === null ? "cut" : "there"));
