/** The chunk for those who run the site: nobody else loads it. */

import { moderation } from "./i18n/en/moderation.ts";
import { learn } from "./i18n/t.ts";

learn(moderation);

export { CommentTools, ThreadTools } from "./components/Moderation.tsx";
