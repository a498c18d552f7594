import type { Comment as CommentData, CommentId } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import { type Chunks, fetchChunk } from "../state/chunks.ts";
import { isListed } from "../state/page.ts";
import type { ThreadState } from "../state/thread.ts";
import { addStyles } from "../styles/sheets.ts";
import { Comment, type Deeds } from "./Comment.tsx";
import { Conversation } from "./Conversation.tsx";
import { Header } from "./Header.tsx";
import { Hiccup } from "./Hiccup.tsx";
import css from "./Thread.css";
import { Write } from "./Write.tsx";
import { lazy } from "./lazy.tsx";

addStyles(css);

const Composer = lazy("composer", "NewComment", true);
const Panel = lazy("composer", "Panel", true);
const SignIn = lazy("visitor", "SignIn", true);
const OwnActions = lazy("visitor", "OwnActions");
const StateNote = lazy("visitor", "StateNote");
const News = lazy("waiting", "News");
const You = lazy("visitor", "You");
const CommentTools = lazy("moderation", "CommentTools");
const ThreadTools = lazy("moderation", "ThreadTools");
const Failure = lazy("browse", "Failure");
const Unlisted = lazy("browse", "Unlisted");

export type Props = { thread: ThreadState; headingLevel: number };

/**
 * A page's comments with everything around them: a pure function of the thread's state, drawn anew whenever that
 * changes.
 */
export function Thread({ thread, headingLevel }: Props) {
  const { site, asking, reader, loading, hiccup } = thread;
  if (!site) return <section class="thread" aria-busy={loading}>{thread.failure ? <Failure thread={thread} /> : <p class="empty">{t("loading")}</p>}</section>;

  const { visitor } = reader;
  const member = visitor?.kind === "member" ? visitor : null;
  const staff = member?.role === "owner" || member?.role === "moderator";
  const listed = isListed(site, location.origin, Date.now());
  const closed = thread.thread.closed_at !== null;
  const deeds = deedsFor(thread);
  const browse = (use: (chunk: typeof import("../browse.ts")) => void) => using(thread, "browse", use);

  const draw = (comment: CommentData, answers: CommentData | null) => {
    const { id, author, state } = comment;
    const own = reader.own.has(id) || (member !== null && author?.id === member.id);
    const asked = asking?.at === id && asking.what;
    return (
      <Comment
        comment={comment}
        answers={answers}
        standing={{ own, liked: reader.liked.has(id), mayLike: listed && site.likes, mayReply: listed && !closed, highlighted: thread.highlighted === id }}
        deeds={deeds}
        note={(state !== "published" || comment.waiting_edit) && <StateNote thread={thread} comment={comment} own={own} />}
        actions={[
          own && <OwnActions thread={thread} comment={comment} />,
          staff && <CommentTools thread={thread} comment={comment} own={own} />,
        ]}
        editing={asked === "edit"}
        panel={asked === "sign-in" ? <SignIn thread={thread} /> : asked && <Panel thread={thread} comment={comment} what={asked} />}
      />
    );
  };

  return (
    <section class="thread" aria-label={t("comments")} aria-busy={loading}>
      <Header
        level={headingLevel}
        count={thread.thread.count}
        order={thread.order}
        onOrder={(order) => browse((chunk) => chunk.setOrder(thread, order, true))}
        onNewest={thread.next && thread.order === "oldest" ? () => browse((chunk) => chunk.setOrder(thread, "newest", false)) : null}
      >
        {member ? <You thread={thread} member={member} />
          : listed && (site.email_sign_in || site.password_sign_in || site.providers)
            && <button type="button" class="plain" onClick={() => thread.ask({ at: "top", what: "sign-in" })}>{t("signIn")}</button>}
      </Header>
      {asking?.at === "top" && <SignIn thread={thread} />}
      {reader.approved[0] && <News thread={thread} />}
      {!listed ? <Unlisted thread={thread} />
        : closed ? <p class="notice">{t("closed")}</p>
        : <Write
            label={t("yourComment")}
            placeholder={t("join")}
            text={thread.text}
            onText={(text) => thread.set({ text })}
            open={thread.writing}
            onOpen={() => thread.set({ writing: true })}
          >
            <Composer thread={thread} />
          </Write>}
      {staff && thread.thread.id && <ThreadTools thread={thread} />}
      {thread.talks.length === 0 && !closed && <p class="empty">{t("empty")}</p>}
      <ol class="talks" part="list">
        {thread.talks.map((talk) => {
          const here = (id: CommentId | null | undefined) => talk.comments.some((comment) => comment.id === id) && id;
          return (
            <Conversation
              key={talk.root}
              talk={talk}
              linked={talk === thread.linked}
              draw={draw}
              version={[site, reader, here(asking?.at) && asking, here(thread.highlighted), closed, thread.tick]}
              onMore={() => browse((chunk) => chunk.moreReplies(thread, talk))}
              retry={hiccup?.where === talk.root ? hiccup.retry : undefined}
            />
          );
        })}
      </ol>
      {hiccup?.where === "more" ? <Hiccup text={t("moreFailed")} onRetry={hiccup.retry} />
        : thread.next && <button type="button" class="more" disabled={loading} onClick={() => browse((chunk) => chunk.more(thread))}>{t("more")}</button>}
      <p class="live" role="status">{thread.said}</p>
    </section>
  );
}

/** Does something with a chunk, once it is here. */
function using<K extends keyof Chunks>(thread: ThreadState, chunk: K, use: (chunk: Chunks[K]) => unknown): void {
  fetchChunk(chunk).then(use, () => thread.say(t("moreFailed")));
}

function deedsFor(thread: ThreadState): Deeds {
  const permalink = (id: CommentId) => `${location.href.split("#")[0]}#afterword-${id}`;
  return {
    permalink,
    onLike: (comment) => using(thread, "visitor", (chunk) => chunk.visit(thread).like(comment)),
    onReply: ({ id }) => thread.ask({ at: id, what: "reply" }),
    onCopy: ({ id }) => using(thread, "browse", (chunk) => chunk.copy(thread, permalink(id))),
  };
}
