/** Moments, said as a person would. */

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export function ago(at: string, now = Date.now()): string {
  const seconds = Math.max(0, (now - Date.parse(at)) / 1000);
  if (seconds < 60) return "just now";
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86_400) return relative.format(-Math.floor(seconds / 3600), "hour");
  return relative.format(-Math.floor(seconds / 86_400), "day");
}

export function day(at: string): string {
  return new Date(at).toLocaleDateString("en", { day: "numeric", month: "long", year: "numeric" });
}
