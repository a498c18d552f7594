import type { ComponentChild, FunctionComponent, VNode } from "preact";
import { t } from "../i18n/t.ts";
import { jsx } from "../jsx/runtime.ts";
import { type Chunks, again, chunkFor } from "../state/chunks.ts";
import type { ThreadState } from "../state/thread.ts";
import { Hiccup } from "./Hiccup.tsx";

/**
 * A component that lives in a chunk of its own: fetched when it is first drawn. Meanwhile nothing stands there, unless
 * `holdsPlace`.
 */
export function lazy<K extends keyof Chunks, N extends keyof Chunks[K]>(chunk: K, name: N, holdsPlace = false) {
  type Props = Chunks[K][N] extends (props: infer P extends { thread: ThreadState }) => ComponentChild ? P : never;
  return (props: Props): VNode | null => {
    const { thread } = props;
    const found = chunkFor(chunk, thread);
    if (found === "failed") return <Hiccup text={t("moreFailed")} onRetry={() => again(chunk, thread)} />;
    if (!found) return holdsPlace ? <p class="waiting" /> : null;
    return jsx((found as Chunks[K])[name] as FunctionComponent<object>, props);
  };
}
