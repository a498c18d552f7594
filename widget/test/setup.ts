/** Each test begins in a browser that knows nobody; after it the page is empty again. */

import { cleanup, configure } from "@testing-library/preact";
import { afterEach, beforeEach } from "vitest";

// A busy machine takes its time to load a chunk; what never comes still fails.
configure({ asyncUtilTimeout: 8_000 });

beforeEach(() => {
  // Tests of the build have no page.
  globalThis.localStorage?.clear();
  globalThis.sessionStorage?.clear();
});
afterEach(cleanup);
