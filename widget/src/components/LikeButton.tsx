import { formatNumber, t } from "../i18n/t.ts";

type Props = { likes: number; liked: boolean; own: boolean; onLike: () => void };

/** Likes a comment, or takes the like back. One's own can only be counted. */
export function LikeButton({ likes, liked, own, onLike }: Props) {
  const count = likes > 0 && t("likes", { n: likes });
  const heart = (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M8 13.6 2.9 8.5a3.1 3.1 0 0 1 4.4-4.4l.7.7.7-.7a3.1 3.1 0 0 1 4.4 4.4z" />
    </svg>
  );
  if (own) return count ? <span class="act" title={count}>{heart}{formatNumber(likes)}</span> : null;
  return (
    <button type="button" class="act like" part="like" aria-pressed={liked} aria-label={count ? `${t("like")}, ${count}` : t("like")} onClick={onLike}>
      {heart}
      {count ? formatNumber(likes) : t("like")}
    </button>
  );
}
