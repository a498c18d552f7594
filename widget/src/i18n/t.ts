/**
 * What the widget says. `t("key", …)` looks a string up and fills it in; strings come in parts, one for each chunk that
 * needs them, so that a reader does not download the words of the sign-in panel.
 *
 * A translation is the same table in another language: `speak("de", table)` puts it before the English one.
 */

import type { Strings } from "./en.ts";

type Plural = { readonly one: string; readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;
export type Text = string | Plural;

type Names<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type NamesIn<T extends Text> = T extends string ? Names<T> : T extends { other: infer S } ? Names<S> | "n" : never;
/** No second argument for a string without `{names}`, and exactly those names otherwise. */
type Values<K extends keyof Strings> = [NamesIn<Strings[K]>] extends [never] ? [] : [Record<NamesIn<Strings[K]>, string | number>];

/** What is known so far, in the language spoken as far as that goes, else in English. */
let strings: Partial<Record<string, Text>> = Object.create(null);
let language = "en";
let plurals = new Intl.PluralRules("en");

/** Adds a chunk's part of the English table, where there is no translation. */
export function learn(part: Partial<Record<keyof Strings, Text>>): void {
  strings = Object.assign(Object.create(null), part, strings);
}

/** Switches to another language; what it lacks stays English. */
export function speak(lang: string, table: Partial<Record<keyof Strings, Text>>): void {
  Object.assign(strings, table);
  language = lang;
  plurals = new Intl.PluralRules(lang);
}

/** The language the strings are in, for dates and numbers beside them. */
export const spoken = (): string => language;

export const formatNumber = (n: number): string => n.toLocaleString(language);

export function t<K extends keyof Strings>(key: K, ...values: Values<K>): string {
  const given: Record<string, string | number> = values[0] ?? {};
  const found: Text = strings[key] ?? key;
  const text = typeof found === "string" ? found : (found[plurals.select(Number(given["n"]))] ?? found.other);
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = given[name];
    return typeof value === "number" ? formatNumber(value) : (value ?? "");
  });
}
