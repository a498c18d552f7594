/** The chunk with the guests' proof of work: loaded when somebody begins to write as a guest. */

export { Work } from "./state/work.ts";
