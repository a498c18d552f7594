/** The chunk for reading on: loaded at once for a permalink, else when the thread stands and the browser is idle. */

import { browse } from "./i18n/en/browse.ts";
import { learn } from "./i18n/t.ts";
import media from "./styles/media.css";
import { addStyles } from "./styles/sheets.ts";

learn(browse);
addStyles(media);

export * from "./state/browse.ts";
export * from "./state/merge.ts";
export { Failure, Unlisted } from "./components/Notices.tsx";
