/** The chunk for signing in elsewhere and coming back: loaded when the panel opens on a site that has such ways. */

import { ways } from "./i18n/en/ways.ts";
import { learn } from "./i18n/t.ts";

learn(ways);

export { Ways } from "./components/Ways.tsx";
export { redeemReturned } from "./state/popup.ts";
