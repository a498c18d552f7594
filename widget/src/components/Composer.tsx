import { useEffect, useRef, useState } from "preact/hooks";
import { isProblem } from "../api/problem.ts";
import type { Visitor } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import { fetchChunk } from "../state/chunks.ts";
import { dropOldDrafts, keepDraft, readDraft } from "../state/drafts.ts";
import type { ThreadState } from "../state/thread.ts";
import { waitSecs } from "../state/explain.ts";
import { newKey, visit } from "../state/visit.ts";
import { addStyles } from "../styles/sheets.ts";
import css from "./Composer.css";
import { SignIn } from "./SignIn.tsx";
import { Trouble } from "./Trouble.tsx";
import { lazy } from "./lazy.tsx";
import { useAttempt } from "./useAttempt.ts";
import { useChanges } from "./useChanges.ts";
import { useCountdown } from "./useCountdown.ts";

addStyles(css);

const Preview = lazy("preview", "Preview");

/** The composer above the thread. */
export function NewComment({ thread }: { thread: ThreadState }) {
  useEffect(() => {
    dropOldDrafts(thread);
    // What was typed while this chunk was on its way comes before what was typed last week.
    if (thread.text === "") thread.set({ text: readDraft(thread, null) });
    let kept: string | undefined;
    const keep = () => {
      if (thread.text === kept) return;
      kept = thread.text;
      keepDraft(thread, null, kept);
    };
    keep();
    // Not drawn any more once it is posted, but told of it: then the draft goes, too.
    return thread.watch(keep);
  }, [thread]);
  return <Composer thread={thread} text={thread.text} setText={(text) => thread.set({ text })} onSent={() => thread.set({ writing: false })} />;
}

type Props = {
  thread: ThreadState;
  text: string;
  setText: (text: string) => void;
  parent?: string | null;
  /** Another way to send the text than posting it: an edit. */
  send?: (text: string) => Promise<void>;
  onCancel?: () => void;
  onSent?: () => void;
};

/** What stands below the text: posting it, a preview, who is writing. The text stays until the server has it. */
export function Composer({ thread, text, setText, parent = null, send, onCancel, onSent }: Props) {
  const me = visit(thread);
  const session = useChanges(me.session);
  const { busy, error, attempt, setError } = useAttempt();
  const [identifying, setIdentifying] = useState<"post" | "change" | false>(false);
  const [previewing, setPreviewing] = useState(false);
  const keyed = useRef({ text: "", key: "" });
  const wait = useCountdown(waitSecs(error), error);
  const box = useRef<HTMLDivElement>(null);
  const area = () => box.current?.parentElement?.querySelector("textarea");

  async function submit(): Promise<void> {
    const body = text.trim();
    if (busy || wait > 0) return;
    if (body === "") {
      setError(t("emptyBody"));
      area()?.focus();
      return;
    }
    if (!session.isMember && !session.guest) return setIdentifying("post");
    setIdentifying(false);
    const sent = await attempt(async () => {
      try {
        await (send ?? post)(body);
      } catch (failure) {
        const unknown = isProblem(failure, "sign-in-needed", "session-ended", "name-needed", "guests-off");
        if (unknown) setIdentifying("post");
        throw failure;
      }
    });
    if (!sent) return;
    setText("");
    setPreviewing(false);
    onSent?.();
  }

  /** A guest's button says that it posts; who only wanted to be somebody else has not said so. */
  function identified(): void {
    if (identifying === "change" && session.isMember) setIdentifying(false);
    else void submit();
  }

  async function post(body: string): Promise<void> {
    // The same text keeps its key until it is posted, so that a repeat after a lost answer cannot post twice.
    if (keyed.current.text !== body) keyed.current = { text: body, key: newKey() };
    const posted = await me.post(body, parent, keyed.current.key);
    thread.say(t(posted.state === "published" ? "posted" : "held"));
  }

  // A guest's browser has its work done by the time they press Post.
  const begun = text.trim() !== "" && !send;
  useEffect(() => {
    if (begun && !session.isMember && session.guest) me.work();
  }, [begun]);
  useEffect(() => () => me.rest(), []);
  useKeys(area, () => void submit(), text.trim() === "" ? onCancel : undefined);

  const { visitor, guest } = session;
  const max = thread.site?.body_max_chars ?? 10_000;
  const left = max - [...text].length;
  const name = visitor?.name ?? guest?.name;
  return (
    <div class="compose" ref={box}>
      {previewing && <Preview thread={thread} text={text} />}
      <div class="bar">
        <span class="hint" dir="ltr" title={t("markdownTitle")}>{t("markdown")}</span>
        {left < 500 && <span class={left < 0 ? "chars over" : "chars"}>{left < 0 ? t("charsOver", { n: -left }) : t("charsLeft", { n: left })}</span>}
        <button type="button" class="plain" aria-pressed={previewing} onClick={() => setPreviewing(!previewing)}>{t("preview")}</button>
        {onCancel && <button type="button" class="plain" onClick={onCancel}>{t("cancel")}</button>}
        <button type="button" class="primary" part="button" disabled={busy || wait > 0 || left < 0} onClick={() => void submit()}>
          {send ? t(busy ? "saving" : "save") : t(busy ? "posting" : "post")}
        </button>
      </div>
      {typeof error === "string" ? <p class="trouble" role="alert">{error}</p> : (
        <Trouble error={identifying && isProblem(error, "sign-in-needed", "name-needed") ? null : error} text onRetry={() => void submit()}>
          {isProblem(error, "duplicate") && <Earlier thread={thread} id={error.extras.earlier} />}
        </Trouble>
      )}
      {!send && name && !identifying && (
        <p class="as">
          {t("commentingAs", { name }) + (session.isMember ? viaOf(visitor, thread.site?.name) : ` · ${t("guestNow")}`)}
          {session.isMember && <button type="button" class="plain" onClick={() => void me.signOut(false)}>{t("logOut")}</button>}
          <button type="button" class="plain" onClick={() => setIdentifying("change")}>{t("change")}</button>
        </p>
      )}
      {identifying && <SignIn thread={thread} toPost onDone={identified} onClose={() => setIdentifying(false)} />}
    </div>
  );
}

/** How somebody signed in: " · via Google". */
function viaOf(visitor: Visitor | null, site: string | undefined): string {
  const via = visitor?.kind === "member" ? visitor.via : null;
  if (!via) return "";
  return ` · ${t("via", { way: via.name || (via.kind === "sso" && site) || via.id || t(via.kind === "password" ? "viaPassword" : "viaEmail") })}`;
}

function Earlier({ thread, id }: { thread: ThreadState; id: string | undefined }) {
  if (!id) return null;
  const see = async () => {
    const { reveal } = await fetchChunk("browse");
    if (await reveal(thread, id)) thread.set({ focus: { id } });
  };
  return <button type="button" class="plain" onClick={() => void see()}>{t("seeIt")}</button>;
}

/** Ctrl or Cmd with Enter posts; Escape leaves an editor in which nothing was written. */
function useKeys(area: () => HTMLElement | null | undefined, submit: () => void, cancel: (() => void) | undefined): void {
  const latest = useRef({ submit, cancel });
  latest.current = { submit, cancel };
  useEffect(() => {
    const element = area();
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
        event.preventDefault();
        latest.current.submit();
      } else if (event.key === "Escape") {
        latest.current.cancel?.();
      }
    };
    element?.addEventListener("keydown", onKey);
    return () => element?.removeEventListener("keydown", onKey);
  }, []);
}
