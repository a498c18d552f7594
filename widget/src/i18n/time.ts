/** Moments as people say them: "5 minutes ago" for a week, then the date. */

import { spoken, t } from "./t.ts";

/** A moment yet to come (a clock that is off) reads as now. */
export function relativeTime(at: Date, now: number): string {
  const minutes = Math.floor((now - at.getTime()) / 60_000);
  if (minutes < 1) return t("justNow");
  if (minutes >= 7 * 1440) {
    const year = at.getFullYear() === new Date(now).getFullYear() ? undefined : "numeric";
    return at.toLocaleDateString(spoken(), { day: "numeric", month: "short", year });
  }
  const [unit, length] = minutes < 60 ? (["minute", 1] as const) : minutes < 1440 ? (["hour", 60] as const) : (["day", 1440] as const);
  return new Intl.RelativeTimeFormat(spoken()).format(-Math.floor(minutes / length), unit);
}

export const exactTime = (at: Date): string =>
  at.toLocaleString(spoken(), { dateStyle: "full", timeStyle: "short" });
