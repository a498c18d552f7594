/** After each test the page is empty again. */

import { cleanup } from "@testing-library/preact";
import { afterEach } from "vitest";

afterEach(cleanup);
