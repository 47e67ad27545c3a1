import { styleText } from "node:util";

const COLOURS = ["cyan", "magenta", "yellow", "green", "blue"] as const;
const NAME_WIDTH = 10;

/** Says a line in the name of a part of the stack: `rollup     | reading from offset 0`. */
export type Say = (name: string, line: string) => void;

/** Writes what is said to the standard output, each name in a colour of its own where that is a terminal. */
export function createSay(
  write: (line: string) => void = console.log,
  coloured = Deno.stdout.isTerminal(),
): Say {
  return (name, line) => {
    const label = `${name.padEnd(NAME_WIDTH)} |`;
    write(`${coloured ? styleText(colourOf(name), label, { validateStream: false }) : label} ${line}`);
  };
}

/** An address as it may be shown: a password in it is hidden. */
export function withoutPassword(address: string): string {
  return address.replace(/(:\/\/[^:/@]*):[^@/]*@/, "$1:***@");
}

/** "3.2 s". */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function colourOf(name: string): (typeof COLOURS)[number] {
  const sum = [...name].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return COLOURS[sum % COLOURS.length]!;
}
