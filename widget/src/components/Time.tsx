import { exactTime, relativeTime } from "../i18n/time.ts";

/** A moment: relative for a week, then the date; the exact local time in its title, and on paper. */
export function Time({ at }: { at: string }) {
  const moment = new Date(at);
  return <time dateTime={at} title={exactTime(moment)}>{relativeTime(moment, Date.now())}</time>;
}
