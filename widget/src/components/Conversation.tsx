import type { ComponentChild, VNode } from "preact";
import type { Comment } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import { type Branch, arrange } from "../state/arrange.ts";
import type { Talk } from "../state/talks.ts";
import { Hiccup } from "./Hiccup.tsx";

type Props = {
  talk: Talk;
  /** Loaded for a permalink, out of its order. */
  linked: boolean;
  /** Draws one comment. */
  draw: (comment: Comment, answers: Comment | null) => ComponentChild;
  /** What that depends on, other than the talk: a long thread holds a thousand comments, so only changes are drawn. */
  version: readonly unknown[];
  onMore: () => void;
  retry: (() => void) | undefined;
};

const drawn = new WeakMap<Talk, { version: readonly unknown[]; node: VNode }>();

/** A first comment and all that answers it: lists within lists down to the visual cap. */
export function Conversation({ talk, linked, draw, version, onMore, retry }: Props): VNode {
  const before = drawn.get(talk);
  const now = [linked, retry, ...version];
  if (before && now.every((value, at) => value === before.version[at])) return before.node;

  const root = arrange(talk.comments);
  const branch = ({ comment, answers, replies }: Branch): ComponentChild => [
    draw(comment, answers),
    replies.length > 0 && <ol class="replies" part="replies">{replies.map((reply) => <li key={reply.comment.id}>{branch(reply)}</li>)}</ol>,
  ];
  const node = (
    <li class="talk" part="conversation">
      {linked && <p class="note">{t("linked")}</p>}
      {root && branch(root)}
      {talk.left > 0 && <button type="button" class="more" onClick={onMore}>{t("moreReplies", { n: talk.left })}</button>}
      {retry && <Hiccup text={t("moreFailed")} onRetry={retry} />}
    </li>
  );
  drawn.set(talk, { version: now, node });
  return node;
}
