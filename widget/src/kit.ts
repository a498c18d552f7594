/** What the thread's chunk lends to those that come later. What two chunks need is listed here. */

export { options } from "preact";
export { Fragment, jsx, jsxs } from "./jsx/runtime.ts";
export { Problem, Unreachable, isProblem } from "./api/problem.ts";
export { learn, speak, t } from "./i18n/t.ts";
export { chunks, fetchChunk } from "./state/chunks.ts";
export { draftKey } from "./state/draftKey.ts";
export { Observable } from "./state/observable.ts";
export { pageQuery } from "./state/page.ts";
export { shelf, shelfKey } from "./state/shelf.ts";
export { once, talkOf } from "./state/talks.ts";
export { NOBODY } from "./state/thread.ts";
export { addStyles } from "./styles/sheets.ts";
export { Avatar } from "./components/Avatar.tsx";
export { Body } from "./components/Body.tsx";
export { Hiccup } from "./components/Hiccup.tsx";
export { lazy } from "./components/lazy.tsx";
export { Write } from "./components/Write.tsx";
