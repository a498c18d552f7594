/** Parts that nobody needs before they act: named by the visitor's chunk, so that who only reads does not carry the names. */

import { chunks } from "./chunks.ts";

export const later = {
  preview: () => import("../preview.ts"),
  ways: () => import("../ways.ts"),
  work: () => import("../work.ts"),
  waiting: () => import("../waiting.ts"),
  sso: () => import("../sso.ts"),
};

Object.assign(chunks, later);
