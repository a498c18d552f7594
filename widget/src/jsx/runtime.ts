/**
 * The JSX runtime: Preact's, but props inherit nothing. A host page that puts something on `Object.prototype` would
 * otherwise add it to every element we draw, because Preact walks props with `for…in`.
 */

import { Fragment } from "preact";
import { jsx as node } from "preact/jsx-runtime";

export { Fragment };

type Jsx = (type: unknown, props: object, key?: unknown) => { props: unknown };

const ours: Jsx = (type, props, key) => {
  const made = (node as Jsx)(type, props, key);
  made.props = { __proto__: null, ...(made.props as object) };
  return made;
};

export const jsx = ours as typeof node;
export { jsx as jsxs };
