/** Draws a thread as `thread.ts` does: anew after it changed, once for all that changes together. */

import { render } from "preact";
import { afterEach } from "vitest";
import { Thread } from "../src/components/Thread.tsx";
import type { ThreadState } from "../src/state/thread.ts";

const shown = new Set<HTMLElement>();

afterEach(() => {
  for (const box of shown) {
    render(null, box);
    box.remove();
  }
  shown.clear();
});

export function show(thread: ThreadState): HTMLElement {
  const box = document.createElement("div");
  document.body.append(box);
  shown.add(box);
  let drawing = false;
  const draw = () => {
    drawing = false;
    if (shown.has(box)) render(<Thread thread={thread} headingLevel={2} />, box);
  };
  thread.watch(() => {
    if (!drawing) queueMicrotask(draw);
    drawing = true;
  });
  draw();
  return box;
}
