import type { ComponentChild } from "preact";
import { ORDERS, type Order } from "../api/schema.ts";
import { t } from "../i18n/t.ts";

type Props = {
  level: number;
  count: number;
  order: Order;
  onOrder: (order: Order) => void;
  /** There are more than are shown, and the newest are not among them. */
  onNewest: (() => void) | null;
  /** Who is reading, or the way to say so. */
  children: ComponentChild;
};


/** How many comments there are, in which order they stand, and who is reading. */
export function Header({ level, count, order, onOrder, onNewest, children }: Props) {
  return (
    <header class="head" part="header">
      <p class="title" role="heading" aria-level={level} part="title">{count > 0 ? t("count", { n: count }) : t("comments")}</p>
      {onNewest && <button type="button" class="plain" onClick={onNewest}>{t("newestJump")}</button>}
      {count > 1 && (
        <select class="order" aria-label={t("order")} value={order} onChange={(event) => onOrder(event.currentTarget.value as Order)}>
          {ORDERS.map((each) => <option key={each} value={each}>{t(each)}</option>)}
        </select>
      )}
      {children}
    </header>
  );
}
