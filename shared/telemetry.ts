/** How much is said. */
export type LogLevel = "debug" | "info" | "warn" | "error";

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Says what happens, a line each: a sentence, then the figures as key=value. */
export interface Logger {
  debug(sentence: string, figures?: Figures): void;
  info(sentence: string, figures?: Figures): void;
  warn(sentence: string, figures?: Figures): void;
  error(sentence: string, figures?: Figures): void;
}

/** Figures of a log line. */
export type Figures = Readonly<Record<string, string | number | boolean | undefined>>;

/** A logger that writes a line to standard error: warnings and errors name their level, the rest reads plainly. */
export function createLogger(level: LogLevel, write: (line: string) => void = console.error): Logger {
  const at = (own: LogLevel) => (sentence: string, figures: Figures = {}) => {
    if (RANK[own] < RANK[level]) return;
    const tail = Object.entries(figures)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ` ${name}=${typeof value === "string" ? JSON.stringify(value) : value}`)
      .join("");
    write(`${own === "info" ? "" : `${own}: `}${sentence}${tail}`);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
