/** The chunk that shows a text as it will look: loaded when somebody asks for that. */

import { preview } from "./i18n/en/preview.ts";
import { learn } from "./i18n/t.ts";

learn(preview);

export { Preview } from "./components/Preview.tsx";
