import type { Comment } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import { Time } from "./Time.tsx";

type Props = { comment: Comment; permalink: string };

/** Who wrote a comment and when, with what a reader should know of both. */
export function Byline({ comment, permalink }: Props) {
  const { author, number } = comment;
  return (
    <header class="byline" part="byline">
      <bdi class="name" part="name" title={author?.name}>{author?.name}</bdi>
      {author?.role && <span class="badge">{t(author.role)}</span>}
      {author?.kind === "guest" && <span class="badge guest">{t("guest")}</span>}
      <Time at={comment.posted_at} />
      {comment.edited_at && <span class="edited">({t("edited")})</span>}
      {number !== null && <a class="number" href={permalink} aria-label={t("permalink", { number: String(number) })}>#{number}</a>}
    </header>
  );
}
