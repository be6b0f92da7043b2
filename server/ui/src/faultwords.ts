// What the server says about types and lists, in Italian. It speaks English; a sentence that is
// not here stays as it is.

import { language } from "./strings";

const SAYINGS: readonly (readonly [RegExp, string])[] = [
  [/^Character (\d+): (.*)$/, "Carattere $1: $2"],
  [/There is no header field (\S+)\. There are: (.*)\.$/, "Non c'è nessun campo $1. Ci sono: $2."],
  [/The header has no field (\S*)\. There are: (.*)\.$/, "Non c'è nessun campo $1. Ci sono: $2."],
  [
    /The line items have no field (\S*)\. There are: (.*)\.$/,
    "Nelle righe non c'è nessuna colonna $1. Ci sono: $2.",
  ],
  [/Lines have no (\S+)\. There are: (.*)\.$/, "Nelle righe non c'è $1. Ci sono: $2."],
  [/There are these functions: (.*)\.$/, "Ci sono queste funzioni: $1."],
  [/(\w+) takes (\d+) values in brackets\.$/, "$1 prende $2 valori tra parentesi."],
  [/This cannot be read from here on\.$/, "Da qui in poi non si capisce."],
  [/This text has no closing quotation mark\.$/, "Manca la virgoletta che chiude il testo."],
  [/Two values are compared with ==\.$/, "Due valori si confrontano con ==."],
  [/Values are compared with (.*)\.$/, "I valori si confrontano con $1."],
  [/This is no number: write it like 1234\.50\.$/, "Non è un numero: scrivilo come 1234.50."],
  [/(\S+) has no meaning here\.$/, "$1 qui non significa niente."],
  [
    /This is a value and no comparison: add what it should be\.$/,
    "Questo è un valore e non un confronto: aggiungi quanto deve essere.",
  ],
  [
    /Compare a header field with something: it goes to a person when this fails\.$/,
    "Confronta un campo con qualcosa: va a una persona quando non vale.",
  ],
  [
    /A (\w+) cannot be compared with a (\w+)\.(.*)$/,
    "Non si confrontano valori di genere diverso ($1, $2).$3",
  ],
  [/ ?Write a day as date\("2026-01-31"\)\.$/, ' Un giorno si scrive date("2026-01-31").'],
  [/Only numbers and dates are larger or smaller\.$/, "Solo numeri e date sono maggiori o minori."],
  [/\+ - \* \/ go with numbers\. This is a (\w+)\.$/, "+ - * / vogliono numeri. Questo è: $1."],
  [/and, or, not join comparisons\. This is a (\w+)\.$/, "and, or, not uniscono confronti."],
  [/(\w+) takes a (\w+)\. This is a (\w+)\.$/, "$1 vuole un valore di genere $2, e questo è $3."],
  [/date takes a day such as (.*)\.$/, "date vuole un giorno come $1."],
  [/Line items are added up: (.*)\.$/, "Le righe si sommano: $1."],
  [/sum takes a column of the lines: (.*)\.$/, "sum vuole una colonna delle righe: $1."],
  [/This document type has no line items\.$/, "Questo tipo non ha righe."],
  [
    /This is too complicated: make several rules of it\.$/,
    "È troppo complicato: fanne più regole.",
  ],
  [/^(\S+) is of the kind (\S+): this needs (.*)\.$/, "$1 è del genere $2: qui serve $3."],
  [
    /^(\S+) is known as (\S+): use that, or another name\.$/,
    "$1 è noto come $2: usa quello, o un altro nome.",
  ],
  [/^(\S+) is known as (\S+): use that\.$/, "$1 è noto come $2: usa quello."],
  [
    /^Two columns of the CSV file would be called (.*): change one\.$/,
    "Due colonne del file CSV si chiamerebbero $1: cambiane una.",
  ],
  [
    /^(\S+) is a column of every CSV file: give this one another export name\.$/,
    "$1 è una colonna di ogni file CSV: dai a questa un altro nome nei file.",
  ],
  [
    /^Values of this kind are kept as (.*): write it so\.$/,
    "Valori di questo genere si tengono come $1: scrivilo così.",
  ],
  [
    /^There are two rules called (\S+): rename one\.$/,
    "Ci sono due regole con il nome $1: cambiane uno.",
  ],
  [/^There are two called (\S+): rename one\.$/, "Ce ne sono due con il nome $1: cambiane uno."],
  [
    /^(\S+) has a meaning already: rename the rule\.$/,
    "$1 significa già altro: cambia nome alla regola.",
  ],
  [/^There is no list (\S+): load it first.*$/, "Non c'è nessun elenco $1: caricalo prima."],
  [/^(\S+) has no column (.+)\. There are: (.*)\.$/, "$1 non ha la colonna $2. Ci sono: $3."],
  [/^(\S+) cannot fill itself: leave it out\.$/, "$1 non può riempire sé stesso: toglilo."],
  [
    /^(\S+) has a zone already: only boxes to mark may share a field\.$/,
    "$1 ha già un riquadro: solo le crocette possono dividersi un campo.",
  ],
  [
    /^There are several boxes for (\S+): say what this one means\.$/,
    "Ci sono più riquadri per $1: di' che cosa significa questo.",
  ],
  [
    /^Another box means (.+) already: give this one its own value\.$/,
    "Un altro riquadro significa già $1: dai a questo un valore suo.",
  ],
  // lists
  [
    /^Line (\d+) has (\d+) cells, the first line has (\d+): .*$/,
    "La riga $1 ha $2 celle, la prima ne ha $3: c'è un separatore in una cella senza virgolette?",
  ],
  [
    /^Line (\d+) has a control character: remove it\.$/,
    "La riga $1 ha un carattere di controllo: toglilo.",
  ],
  [
    /^Line (\d+): a cell has at most (\d+) characters\.$/,
    "Riga $1: una cella ha al massimo $2 caratteri.",
  ],
  [/^Line (\d+) cannot be read: .*$/, "La riga $1 non si legge: guarda le virgolette."],
  [
    /^Line 1 names the columns; .*: (.*) is none\.$/,
    "La prima riga dà i nomi delle colonne, tutti diversi: $1 non è un nome.",
  ],
  [/^The list has no rows under its first line\.$/, "L'elenco non ha righe sotto la prima."],
  [/^The list is empty: .*$/, "L'elenco è vuoto: scrivi i nomi delle colonne nella prima riga."],
  [
    /^A list has at most (\d+) rows: .*$/,
    "Un elenco ha al massimo $1 righe: lascia fuori quelle vecchie.",
  ],
  [
    /^The list is not UTF-8: .*$/,
    "L'elenco non è UTF-8: salvalo come CSV UTF-8 e mandalo di nuovo.",
  ],
];

/** A sentence of the server in the language of the screen. */
export function say(sentence: string, to: "it" | "en" = language): string {
  if (to === "en") return sentence;
  return SAYINGS.reduce((said, [english, italian]) => said.replace(english, italian), sentence);
}
