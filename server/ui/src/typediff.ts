// What one version of a type changed against another, in a few words.

import { labelOf } from "./format";
import type { DocumentType, FieldSpec } from "./types";
import { tt } from "./typewords";

const same = (one: unknown, other: unknown) =>
  JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

export function diffTypes(before: DocumentType, after: DocumentType): string[] {
  const found = [
    ...diffFields(before.fields, after.fields),
    ...diffFields(before.lines, after.lines),
  ];
  if (!same(before.rules, after.rules)) found.push(tt.diffChanged(tt.diffRules));
  if (!same([before.label, before.business_key], [after.label, after.business_key])) {
    found.push(tt.diffChanged(tt.diffGeneral));
  }
  if (!same(before.form, after.form)) found.push(tt.diffChanged(tt.diffForm));
  return found;
}

function diffFields(before: readonly FieldSpec[], after: readonly FieldSpec[]): string[] {
  const say = (spec: FieldSpec) => `“${labelOf(spec.label, spec.name)}”`;
  const was = new Map(before.map((spec) => [spec.name, spec]));
  const is = new Map(after.map((spec) => [spec.name, spec]));
  const found = [
    ...after.filter((spec) => !was.has(spec.name)).map((spec) => tt.diffAdded(say(spec))),
    ...before.filter((spec) => !is.has(spec.name)).map((spec) => tt.diffRemoved(say(spec))),
    ...after
      .filter((spec) => was.has(spec.name) && !same(spec, was.get(spec.name)))
      .map((spec) => tt.diffChanged(say(spec))),
  ];
  if (found.length === 0 && !same([...was.keys()], [...is.keys()])) found.push(tt.diffOrder);
  return found;
}
