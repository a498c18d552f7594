/** Turns what went wrong into a sentence for the person it happened to, naming the next step. Never a bare code. */

import { Problem, Unreachable } from "../api/problem.ts";
import { t } from "../i18n/t.ts";

/** `text`: something was written, and is kept. */
export function explain(error: unknown, text: boolean): string {
  if (error instanceof Unreachable) return t(text ? "unreachableText" : "unreachable");
  if (!(error instanceof Problem)) return t("serverTrouble");
  switch (error.slug) {
    case "too-fast":
      return t("tooFastOver");
    case "duplicate":
      return t("duplicate");
    case "thread-closed":
      return t("closedNow");
    case "wrong-code":
      return t("wrongCode", { n: error.extras.tries_left ?? 0 });
    case "code-gone":
      return t("codeGone");
    case "origin-not-allowed":
      return t("unlistedNow", { origin: location.origin });
  }
  // The server's refusals are written for the person who reads them; its own troubles are not.
  return error.status >= 500 || !error.detail ? t("serverTrouble") : sentence(error.detail);
}

/** For how long the server wants nothing more; 0 if it did not say that. */
export function waitSecs(error: unknown): number {
  return error instanceof Problem && error.slug === "too-fast" ? (error.extras.retry_after ?? 10) : 0;
}

/** Worth trying again as it is: nobody refused it. */
export const isTransient = (error: unknown): boolean => !(error instanceof Problem) || error.status >= 500;

function sentence(detail: string): string {
  const text = detail.charAt(0).toLocaleUpperCase() + detail.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
