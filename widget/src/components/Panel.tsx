import { useEffect, useRef, useState } from "preact/hooks";
import type { Comment } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import { keepDraft, readDraft } from "../state/drafts.ts";
import type { ThreadState } from "../state/thread.ts";
import { visit } from "../state/visit.ts";
import { Composer } from "./Composer.tsx";
import { Trouble } from "./Trouble.tsx";
import { useAttempt } from "./useAttempt.ts";
import { Write } from "./Write.tsx";

type Props = { thread: ThreadState; comment: Comment };

/** What a reader is asked at a comment. */
export function Panel({ what, ...props }: Props & { what: "reply" | "edit" | "remove" }) {
  const Asked = { reply: Reply, edit: Edit, remove: Remove }[what];
  return <Asked {...props} />;
}

/** Answers a comment, below it. Its draft is its own: another reply does not touch it. */
function Reply({ thread, comment }: Props) {
  const [text, setText] = useState(() => readDraft(thread, comment.id));
  const box = useFocus();
  const keep = (now: string) => {
    setText(now);
    keepDraft(thread, comment.id, now);
  };
  const leave = () => {
    thread.set({ asking: null, focus: { id: comment.id, act: "reply" } });
  };
  const name = comment.author?.name ?? "";
  return (
    <div class="answer" ref={box}>
      <p class="to">{t("replyingTo", { name })}</p>
      <Write open label={t("yourReply")} text={text} onText={keep}>
        <Composer thread={thread} text={text} setText={keep} parent={comment.id} onCancel={leave} onSent={() => thread.ask(null)} />
      </Write>
    </div>
  );
}

/** Changes one's own comment, from the Markdown it was written in. */
function Edit({ thread, comment }: Props) {
  const [text, setText] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = () => {
    setError(null);
    visit(thread).source(comment).then(setText, setError);
  };
  useEffect(load, []);
  const box = useFocus(text !== null);
  const leave = () => {
    thread.set({ asking: null, focus: { id: comment.id, act: "edit" } });
  };
  if (text === null) return error ? <Trouble error={error} onRetry={load} /> : <p class="waiting" />;
  return (
    <div class="answer" ref={box}>
      <Write open label={t("yourEdit")} text={text} onText={setText}>
        <Composer thread={thread} text={text} setText={setText} send={(body) => visit(thread).edit(comment, body).then(() => thread.say(t("saved")))} onCancel={leave} onSent={() => thread.ask(null)} />
      </Write>
    </div>
  );
}

/** Asks once more before a comment goes. */
function Remove({ thread, comment }: Props) {
  const { busy, error, attempt } = useAttempt();
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  const remove = async () => {
    if (await attempt(() => visit(thread).remove(comment))) thread.say(t("removed"));
  };
  const leave = () => {
    thread.set({ asking: null, focus: { id: comment.id, act: "remove" } });
  };
  return (
    <div class="confirm" role="group" aria-label={t("removeAsk")} onKeyDown={(event) => event.key === "Escape" && leave()}>
      <p>{t("removeAsk")}</p>
      <button type="button" class="danger" disabled={busy} onClick={() => void remove()}>{t("removeYes")}</button>
      <button type="button" class="plain" ref={keep} onClick={leave}>{t("removeNo")}</button>
      <Trouble error={error} />
    </div>
  );
}

/** Puts the focus into the text, at its end, when there is one. */
function useFocus(ready = true) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const area = box.current?.querySelector("textarea");
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
  }, [ready]);
  return box;
}
