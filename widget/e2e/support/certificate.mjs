/**
 * A certificate for the tests over TLS, made here (X.509 in DER, as little of it as browsers want) so that no program
 * has to be installed for it. Nobody vouches for it: the browser is told to take it.
 */

import { X509Certificate, generateKeyPairSync, sign } from "node:crypto";

const DAY_MS = 24 * 60 * 60 * 1000;

export function certificate(...names) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(set(sequence(oid(2, 5, 4, 3), der(0x0c, Buffer.from("Afterword tests")))));
  const signing = sequence(oid(1, 2, 840, 10045, 4, 3, 2)); // ecdsa-with-SHA256
  const alternatives = sequence(...names.map((each) => der(0x82, Buffer.from(each))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.from([1])),
    signing,
    name,
    sequence(moment(Date.now() - DAY_MS), moment(Date.now() + 2 * DAY_MS)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(sequence(oid(2, 5, 29, 17), der(0x04, alternatives)))),
  );
  const signature = sign("sha256", body, privateKey);
  const whole = sequence(body, signing, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const cert = new X509Certificate(whole).toString();
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }), cert };
}

function der(tag, ...contents) {
  const content = Buffer.concat(contents);
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

const sequence = (...contents) => der(0x30, ...contents);
const set = (...contents) => der(0x31, ...contents);
const moment = (at) => der(0x17, Buffer.from(new Date(at).toISOString().replace(/^..|[-:T]|\.\d+/g, "")));

function oid(first, second, ...rest) {
  const bytes = rest.flatMap((part) => {
    const digits = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return der(0x06, Buffer.from([first * 40 + second, ...bytes]));
}
