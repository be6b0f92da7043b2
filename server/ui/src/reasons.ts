// Why a field is in front of a person, in words.

import { percent, specLabel } from "./format";
import { t } from "./strings";
import type { DocumentType, Problem, Rule, Task } from "./types";

/** The sentence for a failed rule, with the labels people know; null for an unknown kind. */
export function ruleText(rule: Rule, type: DocumentType): string | null {
  const head = (name: string) => specLabel(type.fields, name);
  const column = (name: string) => specLabel(type.lines, name);
  const equals = Array.isArray(rule.equals) ? rule.equals : rule.equals ? [rule.equals] : [];
  switch (rule.rule) {
    case "sum":
      return t.rules.sum(
        (rule.terms ?? []).map(head).join(" + "),
        equals.map(head).join(t.rules.or),
      );
    case "line_sum":
      return t.rules.line_sum(column(rule.column ?? ""), equals.map(head).join(t.rules.or));
    case "line_product":
      return t.rules.line_product(
        (rule.factors ?? []).map(column).join(" × "),
        equals.map(column).join(t.rules.or),
      );
    case "order":
      return t.rules.order(head(rule.earlier ?? ""), head(rule.later ?? ""));
    case "differ":
      return t.rules.differ(head(rule.fields?.[0] ?? ""), head(rule.fields?.[1] ?? ""));
    default:
      return null;
  }
}

export function problemText(problem: Problem, type: DocumentType | null): string {
  const name = problem.code.replace(/^rule[.:]/, "");
  const rule = type?.rules.find((r) => r.name === name);
  if (rule && type) return ruleText(rule, type) ?? problem.message;
  return t.problems[problem.code] ?? (problem.message || problem.code);
}

/** Failed checks first; a plain low score only when nothing more telling is known. */
export function reasonsFor(task: Task, type: DocumentType | null): string[] {
  const telling = task.problems.filter((p) => p.code !== "low_score");
  const said = [...new Set(telling.map((p) => problemText(p, type)))];
  if (said.length > 0) return said;
  if (task.value === null) return [t.notFound];
  return task.score === null ? [t.pleaseCheck] : [t.uncertain(percent(task.score))];
}
