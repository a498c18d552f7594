/** What the thread's chunk lends to those that come later. A module that two chunks need is listed here. */

export { options } from "preact";
export * from "./jsx/runtime.ts";
export * from "./api/client.ts";
export * from "./api/problem.ts";
export * from "./i18n/t.ts";
export * from "./state/chunks.ts";
export * from "./state/draftKey.ts";
export * from "./state/observable.ts";
export * from "./state/page.ts";
export * from "./state/shelf.ts";
export * from "./state/talks.ts";
export * from "./state/thread.ts";
export * from "./styles/sheets.ts";
export * from "./components/Avatar.tsx";
export * from "./components/Body.tsx";
export * from "./components/Hiccup.tsx";
export * from "./components/Write.tsx";
