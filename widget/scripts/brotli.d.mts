export function brotli(contents: Uint8Array): number;
