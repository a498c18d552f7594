import { useEffect, useState } from "preact/hooks";
import type { Block } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import type { ThreadState } from "../state/thread.ts";
import { addStyles } from "../styles/sheets.ts";
import { Body } from "./Body.tsx";
import css from "./Preview.css";
import { Trouble } from "./Trouble.tsx";

addStyles(css);

/** The text as it will look: asked of the server, which alone reads Markdown. */
export function Preview({ thread, text }: { thread: ThreadState; text: string }) {
  const [tree, setTree] = useState<Block[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const body = text.trim();
  useEffect(() => {
    let current = true;
    const ask = () => thread.api.send<{ body: Block[] }>("POST", "preview", { body }).then(
      (found) => current && (setTree(found.body), setError(null)),
      (failure: unknown) => current && setError(failure),
    );
    const timer = setTimeout(() => body && void ask(), tree ? 400 : 0);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [body]);
  return (
    <section class="preview" aria-label={t("preview")} aria-live="polite">
      {body === "" ? <p class="hint">{t("previewEmpty")}</p> : tree && <Body tree={tree} />}
      <Trouble error={error} />
    </section>
  );
}
