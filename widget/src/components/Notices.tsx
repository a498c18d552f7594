import { Problem } from "../api/problem.ts";
import { t } from "../i18n/t.ts";
import type { ThreadState } from "../state/thread.ts";
import { Hiccup } from "./Hiccup.tsx";

/** Why there is nothing to show. */
export function Failure({ thread }: { thread: ThreadState }) {
  const unknown = thread.failure instanceof Problem && thread.failure.slug === "unknown-site";
  if (unknown) return <p class="notice" role="alert">{t("unknownSite", { site: thread.api.site })}</p>;
  return <Hiccup text={t("loadFailed")} onRetry={() => void thread.start()} />;
}

/** Every owner's first error: tells what to do, and where. */
export function Unlisted({ thread: { api: { base, site } } }: { thread: ThreadState }) {
  const { origin } = location;
  const href = `${base}dashboard?${new URLSearchParams({ site, origin }).toString()}`;
  return (
    <p class="notice" role="alert">
      {t("originUnlisted", { origin })} <a href={href} target="_blank" rel="noopener">{t("originAdd")}</a>
    </p>
  );
}
