import type { Task } from "../src/types";

export function task(id: string, part: Partial<Task> = {}): Task {
  return {
    id,
    version: 1,
    status: "claimed",
    mode: "confirm",
    client: { id: "cli_1", name: "Rossi" },
    batch_id: "bat_1",
    document_id: "doc_1",
    document_type: "invoice",
    filename: "a.pdf",
    page: 1,
    pages: 1,
    box: [0.1, 0.1, 0.3, 0.12],
    image: "/v1/documents/doc_1/pages/1/image",
    image_width: 1654,
    image_height: 2339,
    field: {
      id: `fld_${id}`,
      name: "gross_total",
      line: null,
      label: { it: "Totale", en: "Total" },
      kind: "amount",
      required: true,
      max_length: 200,
    },
    value: "1234.50",
    raw: "1.234,50",
    score: 0.62,
    problems: [],
    claimed_until: null,
    siblings: [],
    ...part,
  };
}

export const answer = (value: string | null) => ({
  value,
  force: false,
  seconds: 1,
  keystrokes: 1,
});
