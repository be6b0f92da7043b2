// The beginning of a CSV file, read as the server will read it, to be looked at before it is sent.

export interface Preview {
  separator: string;
  columns: string[];
  rows: string[][];
  /** Lines of the file after the first that are not empty; a guess when only a part was read. */
  count: number;
}

export function separatorOf(text: string): string {
  const first = text.split("\n", 1)[0] ?? "";
  let best = ",";
  for (const one of [",", ";", "\t"]) {
    if (first.split(one).length > first.split(best).length) best = one;
  }
  return best;
}

/** The cells of each line; quotes may hold separators, line ends and doubled quotes. */
export function parseCsv(text: string, separator: string, most: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const end = () => {
    row.push(cell.trim());
    cell = "";
  };
  const endRow = () => {
    end();
    if (row.some(Boolean)) rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length && rows.length < most; at += 1) {
    const char = text[at] ?? "";
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += char;
        at += 1;
      } else quoted = false;
    } else if (char === '"' && cell === "") quoted = true;
    else if (char === separator) end();
    else if (char === "\n") endRow();
    else if (char !== "\r") cell += char;
  }
  if (rows.length < most && (cell !== "" || row.length > 0)) endRow();
  return rows;
}

const SHOWN = 8;

/** What the first `text` of a file of `size` bytes shows; `bytes` is how many of them it is. */
export function preview(text: string, bytes: number, size: number): Preview {
  const plain = text.replace(/^\ufeff/, "");
  const separator = separatorOf(plain);
  const [columns = [], ...rows] = parseCsv(plain, separator, SHOWN + 1);
  const lines = plain.split("\n").filter((line) => line.trim() !== "").length;
  const count = Math.max(0, Math.round(lines * (bytes > 0 ? size / bytes : 1)) - 1);
  return { separator, columns, rows, count };
}

/** The line of the file that the server's sentence speaks of; null when it names none. */
export function lineOf(message: string): number | null {
  const found = /^Line (\d+)\b/.exec(message)?.[1];
  return found ? Number(found) : null;
}
