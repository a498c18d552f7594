/** Reading the server's answers: each decoder checks one shape, so that a type here is a fact and not a hope. */

export type Decoder<T> = (value: unknown) => T;
export type Decoded<D> = D extends Decoder<infer T> ? T : never;

export class Unexpected extends Error {
  constructor(expected: string) {
    super(`The server's answer was not as expected: ${expected}.`);
  }
}

export const text: Decoder<string> = (value) => {
  if (typeof value !== "string") throw new Unexpected("text");
  return value;
};

export const number: Decoder<number> = (value) => {
  if (typeof value !== "number") throw new Unexpected("a number");
  return value;
};

export const flag: Decoder<boolean> = (value) => {
  if (typeof value !== "boolean") throw new Unexpected("true or false");
  return value;
};

export const nothing: Decoder<void> = () => undefined;

/** A thing that may be missing or null. */
export function maybe<T>(of: Decoder<T>): Decoder<T | null> {
  return (value) => (value === undefined || value === null ? null : of(value));
}

export function list<T>(of: Decoder<T>): Decoder<T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new Unexpected("a list");
    return value.map(of);
  };
}

/** An object with at least these fields; answers may gain others. */
export function object<F extends Record<string, Decoder<unknown>>>(
  fields: F,
): Decoder<{ [K in keyof F]: Decoded<F[K]> }> {
  return (value) => {
    if (typeof value !== "object" || value === null) throw new Unexpected("an object");
    const found = new Map<string, unknown>(Object.entries(value));
    const made = Object.entries(fields).map(([name, of]) => [name, of(found.get(name))] as const);
    return Object.fromEntries(made) as { [K in keyof F]: Decoded<F[K]> };
  };
}
