import Bowser from "bowser";
import { isbot } from "isbot";

/** What a user agent's text tells. */
export interface UserAgent {
  readonly browser: string | undefined;
  readonly os: string | undefined;
  readonly mobile: boolean | undefined;
  readonly bot: boolean;
}

/** Nobody's browser is longer; somebody's attempt to keep a regular expression busy is. */
const LONGEST_CHARACTERS = 512;
/** Visitors of a shop have a few thousand different ones. */
const REMEMBERED = 2_000;

const remembered = new Map<string, UserAgent>();

/** Reads a user agent's text. The most recent texts are remembered, since reading one takes many expressions. */
export function readUserAgent(text: string): UserAgent {
  const known = remembered.get(text);
  if (known !== undefined) {
    remembered.delete(text);
    remembered.set(text, known);
    return known;
  }
  const agent = parse(text.slice(0, LONGEST_CHARACTERS));
  remembered.set(text, agent);
  if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value!);
  return agent;
}

function parse(text: string): UserAgent {
  if (text.trim() === "") return { browser: undefined, os: undefined, mobile: undefined, bot: true };
  const { browser, os, platform } = Bowser.parse(text);
  return {
    browser: browser.name || undefined,
    os: os.name || undefined,
    mobile: platform.type === undefined
      ? undefined
      : platform.type === "mobile" || platform.type === "tablet",
    bot: isbot(text),
  };
}
