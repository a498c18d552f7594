/** Each test begins in a browser that knows nobody; after it the page is empty again. */

import { cleanup } from "@testing-library/preact";
import { afterEach, beforeEach } from "vitest";

beforeEach(() => {
  // Tests of the build have no page.
  globalThis.localStorage?.clear();
  globalThis.sessionStorage?.clear();
});
afterEach(cleanup);
