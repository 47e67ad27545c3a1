const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Whether a JSON text nests objects and arrays more than `levels` deep. Looks at brackets outside of strings only,
 * and so costs next to nothing for a text with few brackets, and never recurses. The text need not be valid JSON.
 */
export function nestsDeeperThan(levels: number, text: string): boolean {
  return hasMoreOpeners(levels, text) && scan(levels, text);
}

/** Brackets inside of strings count here too: this only tells which texts are worth a closer look. */
function hasMoreOpeners(limit: number, text: string): boolean {
  let seen = 0;
  for (const opener of ["{", "["]) {
    for (let at = text.indexOf(opener); at !== -1; at = text.indexOf(opener, at + 1)) {
      if (++seen > limit) return true;
    }
  }
  return false;
}

function scan(levels: number, text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (isOpener(code)) {
      if (++depth > levels) return true;
    } else if (isCloser(code)) depth--;
  }
  return false;
}

function isOpener(code: number): boolean {
  return code === 123 || code === 91;
}

function isCloser(code: number): boolean {
  return code === 125 || code === 93;
}
