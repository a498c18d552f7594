import { Fragment, type ComponentChild } from "preact";
import type { Block, Inline } from "../api/schema.ts";
import { t } from "../i18n/t.ts";
import { addStyles } from "../styles/sheets.ts";
import css from "./Body.css";

addStyles(css);

/** What a comment says: nodes made from its document tree, a closed set of them. */
export function Body({ tree }: { tree: readonly Block[] }) {
  return <div class="body" part="body">{draw(tree, 0)}</div>;
}

/** The server caps a document's depth well below this; a tree deeper than that is not drawn further. */
const DEEPEST = 40;

/** Nodes that are an element around others. Blocks find their own direction. */
const AROUND: Partial<Record<string, "p" | "blockquote" | "em" | "strong" | "del">> = {
  p: "p", quote: "blockquote", em: "em", strong: "strong", del: "del",
};

function draw(nodes: readonly (Block | Inline)[], depth: number): ComponentChild[] {
  return depth > DEEPEST ? [] : nodes.map((node) => drawNode(node, depth + 1));
}

function drawNode(node: Block | Inline, depth: number): ComponentChild {
  if (typeof node === "string") return node;
  switch (node.t) {
    case "br":
      return <br />;
    case "code":
      return <code dir="ltr">{node.s}</code>;
    case "pre":
      // Scrolls inside itself, so it must be reachable by keyboard, and then it needs a name.
      return <pre dir="ltr" tabIndex={0} role="region" aria-label={[t("code"), node.lang].filter(Boolean).join(", ")}><code>{node.s}</code></pre>;
    case "ul":
    case "ol":
      return (
        <node.t dir="auto" start={node.t === "ol" ? node.start : undefined}>
          {node.items.map((item) => <li dir="auto">{draw(item, depth)}</li>)}
        </node.t>
      );
    case "a":
      return /^(https?:\/\/|mailto:)/i.test(node.href)
        ? <a href={node.href} rel="nofollow ugc noopener noreferrer" target="_blank">{draw(node.c, depth)}</a>
        : draw(node.c, depth);
  }
  // A later server may know more than we do: what is inside is shown.
  const Around = AROUND[node.t] ?? Fragment;
  return <Around dir={node.t === "p" || node.t === "quote" ? "auto" : undefined}>{draw(node.c ?? [], depth)}</Around>;
}
