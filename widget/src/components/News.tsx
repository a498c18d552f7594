import { t } from "../i18n/t.ts";
import { fetchChunk } from "../state/chunks.ts";
import type { ThreadState } from "../state/thread.ts";

/** Told once: what waited is public now. */
export function News({ thread }: { thread: ThreadState }) {
  const { approved } = thread.reader;
  const see = async () => {
    const [id = ""] = approved;
    const { reveal } = await fetchChunk("browse");
    if (await reveal(thread, id)) thread.set({ focus: { id } });
  };
  return (
    <p class="notice" role="status">
      {t("approved", { n: approved.length })} <button type="button" class="plain" onClick={() => void see()}>{t("seeIt")}</button>
    </p>
  );
}
