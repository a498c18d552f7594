/** The chunk for writing: loaded when somebody enters the composer, replies, edits or removes. */

import { composer } from "./i18n/en/composer.ts";
import { learn } from "./i18n/t.ts";

learn(composer);

export { NewComment } from "./components/Composer.tsx";
export { Panel } from "./components/Panel.tsx";
