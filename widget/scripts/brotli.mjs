// How long a file is as the server sends it: brotli at its highest quality.

import { brotliCompressSync, constants } from "node:zlib";

export function brotli(contents) {
  return brotliCompressSync(contents, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: contents.length },
  }).length;
}
