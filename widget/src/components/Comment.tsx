import type { ComponentChild } from "preact";
import type { Comment as CommentData, CommentId } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import { addStyles } from "../styles/sheets.ts";
import { Avatar } from "./Avatar.tsx";
import { Body } from "./Body.tsx";
import { Byline } from "./Byline.tsx";
import css from "./Comment.css";
import { LikeButton } from "./LikeButton.tsx";

addStyles(css);

/** What a reader can do to a comment, for all comments of a thread alike. */
export type Deeds = {
  permalink: (id: CommentId) => string;
  onLike: (comment: CommentData) => void;
  onReply: (comment: CommentData) => void;
  onCopy: (comment: CommentData) => void;
};

/** How a comment stands to this reader. */
export type Standing = {
  own: boolean;
  liked: boolean;
  mayLike: boolean;
  mayReply: boolean;
  highlighted: boolean;
};

type Props = {
  comment: CommentData;
  /** Whom it answers, where its place does not tell. */
  answers: CommentData | null;
  standing: Standing;
  deeds: Deeds;
  /** What only this reader is told of it, and can do to it. */
  note?: ComponentChild;
  actions?: ComponentChild;
  /** What the reader is being asked here; an editor stands in place of the text. */
  panel?: ComponentChild;
  editing?: boolean;
};

/** One comment with its actions; the lists it stands in are drawn by `Conversation`. */
export function Comment({ comment, answers, standing, deeds, note, actions, panel, editing }: Props) {
  const { id, author, body, state } = comment;
  const article = {
    id: `c-${id}`,
    class: standing.highlighted ? "comment linked" : "comment",
    part: "comment",
    tabIndex: -1,
  };
  if (!author || !body) {
    return <article {...article}><p class="note">{t(comment.removed_by === "author" ? "removedByAuthor" : "removedByModerator")}</p>{actions}</article>;
  }
  const shown = state === "published";
  return (
    <article {...article} aria-label={t("by", { name: author.name })}>
      <Avatar name={author.name} hue={author.hue} />
      <Byline comment={comment} permalink={deeds.permalink(id)} />
      {comment.pinned && <p class="note">{t("pinned")}</p>}
      {answers?.author && <p class="note answering">{t("answering", { name: answers.author.name })}</p>}
      {note}
      {editing ? panel : (
        <>
          <Body tree={body} />
          <footer class="actions" part="actions">
            {standing.mayLike && shown && <LikeButton likes={comment.likes} liked={standing.liked} own={standing.own} onLike={() => deeds.onLike(comment)} />}
            {standing.mayReply && shown && <button type="button" class="act reply" onClick={() => deeds.onReply(comment)}>{t("reply")}</button>}
            {actions}
            {shown && <button type="button" class="act copy" onClick={() => deeds.onCopy(comment)}>{t("copyLink")}</button>}
          </footer>
          {panel}
        </>
      )}
    </article>
  );
}
