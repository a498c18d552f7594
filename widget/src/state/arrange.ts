/**
 * From a conversation's comments, as they travel (flat, a parent before its replies), to what is drawn: lists within
 * lists down to a cap, below which all replies stand in one list.
 *
 * Invariant: no recursion over a conversation's depth; the result is never deeper than the cap.
 */

import type { Comment, CommentId } from "../api/schema.ts";

export type Branch = {
  comment: Comment;
  /** What this answers, if that is not plain from where it stands. */
  answers: Comment | null;
  replies: Branch[];
};

/** How many levels move to the side. In narrow containers the style sheet stops earlier, at `NARROW_LEVELS`. */
export const LEVELS = 6;
export const NARROW_LEVELS = 3;

export function arrange(comments: readonly Comment[], levels = LEVELS): Branch | undefined {
  const byId = new Map<CommentId, Comment>();
  const replies = new Map<CommentId | null, Comment[]>();
  for (const comment of comments) {
    // A parent that is not loaded (the middle of a long conversation is missing) leaves its replies to the root.
    const first = comments[0] === comment ? null : (comments[0]?.id ?? null);
    const parent = comment.parent !== null && byId.has(comment.parent) ? comment.parent : first;
    const siblings = replies.get(parent);
    if (siblings) siblings.push(comment);
    else replies.set(parent, [comment]);
    byId.set(comment.id, comment);
  }

  type Step = { comment: Comment; into: Branch[]; level: number };
  const top: Branch[] = [];
  const steps: Step[] = [];
  const add = (parent: CommentId | null, into: Branch[], level: number) => {
    const children = replies.get(parent) ?? [];
    for (let at = children.length - 1; at >= 0; at--) {
      const comment = children[at];
      if (comment) steps.push({ comment, into, level });
    }
  };
  add(null, top, 0);
  for (let step = steps.pop(); step; step = steps.pop()) {
    const { comment, into, level } = step;
    const answers = level > NARROW_LEVELS ? (byId.get(comment.parent ?? "") ?? null) : null;
    const branch: Branch = { comment, answers, replies: [] };
    into.push(branch);
    add(comment.id, level < levels ? branch.replies : into, level + 1);
  }
  return top[0];
}
