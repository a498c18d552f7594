/** The English table: the parts below, one for each chunk. A translation covers all of it. */

import type { browse } from "./en/browse.ts";
import type { composer } from "./en/composer.ts";
import type { moderation } from "./en/moderation.ts";
import type { waiting } from "./en/waiting.ts";
import type { preview } from "./en/preview.ts";
import type { signin } from "./en/signin.ts";
import type { thread } from "./en/thread.ts";
import type { visitor } from "./en/visitor.ts";
import type { ways } from "./en/ways.ts";

export type Strings = typeof thread & typeof browse & typeof visitor & typeof composer & typeof preview & typeof signin & typeof ways & typeof waiting & typeof moderation;
