/** Names the build fills in, and what the widget adds to the page. */

/** The hashed names of the chunks that the loader asks for, and the thread's own. */
declare const __THREAD__: string;
declare const __COUNT__: string;
declare const __SELF__: string;

declare module "*.css" {
  const text: string;
  export default text;
}
