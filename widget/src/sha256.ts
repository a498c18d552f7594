/**
 * SHA-256 (FIPS 180-4), for pages on plain http, where browsers have none of their own, and for the proof of work, which
 * needs many thousands of small ones without waiting between them.
 */

/** The constants are the fractions of the square and cube roots of the first primes; computing them is shorter. */
const PRIMES: number[] = [];
for (let n = 2; PRIMES.length < 64; n++) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
const fraction = (x: number): number => ((x - Math.floor(x)) * 2 ** 32) | 0;
export const START = Int32Array.from(PRIMES.slice(0, 8), (p) => fraction(Math.sqrt(p)));
const ROUND = Int32Array.from(PRIMES.slice(0, 64), (p) => fraction(Math.cbrt(p)));

const w = new Int32Array(64);

/** Works the 64 bytes of `view` at `from` into `state`. Plain numbers and no calls: this is where all the time goes. */
export function compress(state: Int32Array, view: DataView, from: number): void {
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(from + i * 4);
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15] as number;
    const y = w[i - 2] as number;
    w[i] = ((w[i - 16] as number) + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) + (w[i - 7] as number) + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10)) | 0;
  }
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  let e = state[4] as number;
  let f = state[5] as number;
  let g = state[6] as number;
  let h = state[7] as number;
  for (let i = 0; i < 64; i++) {
    const t1 = (h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + ((e & f) ^ (~e & g)) + (ROUND[i] as number) + (w[i] as number)) | 0;
    const t2 = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  // An element of an `Int32Array` wraps round by itself.
  const add = (at: number, value: number) => (state[at] = (state[at] as number) + value);
  add(0, a);
  add(1, b);
  add(2, c);
  add(3, d);
  add(4, e);
  add(5, f);
  add(6, g);
  add(7, h);
}

/** The message in whole blocks, with its end marked and its length in bits, `before` bytes of it having gone before. */
export function padded(message: Uint8Array, before = 0): DataView {
  const blocks = new Uint8Array((((message.length + 8) >> 6) + 1) << 6);
  blocks.set(message);
  blocks[message.length] = 0x80;
  const view = new DataView(blocks.buffer);
  const length = before + message.length;
  view.setUint32(blocks.length - 8, Math.floor(length / 2 ** 29));
  view.setUint32(blocks.length - 4, length << 3);
  return view;
}

export function sha256(message: Uint8Array): Uint8Array {
  const state = START.slice();
  const view = padded(message);
  for (let block = 0; block < view.byteLength; block += 64) compress(state, view, block);
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((value, i) => digest.setInt32(i * 4, value));
  return new Uint8Array(digest.buffer);
}
