/** The chunk for those whose comments wait for approval, or did when they were last here. */

import { waiting } from "./i18n/en/waiting.ts";
import { learn } from "./i18n/t.ts";

learn(waiting);

export { Confirm } from "./components/Confirm.tsx";
export { News } from "./components/News.tsx";
export { wait } from "./state/waiting.ts";
