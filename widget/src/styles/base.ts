/** What all other style sheets build on: so this module comes first. */

import { addStyles } from "./sheets.ts";
import tokens from "./tokens.css";

addStyles(tokens);
