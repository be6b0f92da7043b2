import { expect, it } from "vitest";
import { say } from "../src/faultwords";

it.each([
  [
    "Character 17: There is no header field chiuso. There are: a, b.",
    "Carattere 17: Non c'è nessun campo chiuso. Ci sono: a, b.",
  ],
  [
    'Character 3: A date cannot be compared with a text. Write a day as date("2026-01-31").',
    'Carattere 3: Non si confrontano valori di genere diverso (date, text). Un giorno si scrive date("2026-01-31").',
  ],
  [
    "Line 3 has 4 cells, the first line has 3: are there separators in a cell without quotes?",
    "La riga 3 ha 4 celle, la prima ne ha 3: c'è un separatore in una cella senza virgolette?",
  ],
  ["Something that nobody has put into Italian.", "Something that nobody has put into Italian."],
])("%s is said in Italian", (english, italian) => {
  expect(say(english, "it")).toBe(italian);
  expect(say(english, "en")).toBe(english);
});
