/**
 * Where a text stops being JSON (RFC 8259): the index of the first character that can't be part of it, or the
 * text's length where it ends too early; undefined when it is JSON.
 *
 * JSON.parse says so too, but in words that differ between engines and often without the position. It recurses, so
 * the text must not nest deeply ({@link file://./json_depth.ts}).
 */
export function jsonErrorAt(text: string): number | undefined {
  const scan = new Scan(text);
  return scan.document() ? undefined : scan.at;
}

/** Each method steps over what it is named after, or stops at the first wrong character and answers false. */
class Scan {
  at = 0;

  constructor(readonly text: string) {}

  document(): boolean {
    return this.value() && this.at === this.text.length;
  }

  value(): boolean {
    this.space();
    return this.bareValue() && this.space();
  }

  bareValue(): boolean {
    switch (this.text[this.at]) {
      case "{":
        return this.list("}", () => this.member());
      case "[":
        return this.list("]", () => this.value());
      case '"':
        return this.string();
      case "t":
        return this.word("true");
      case "f":
        return this.word("false");
      case "n":
        return this.word("null");
      default:
        return this.number();
    }
  }

  list(closer: string, element: () => boolean): boolean {
    this.at++;
    this.space();
    if (this.take(closer)) return true;
    do {
      if (!element()) return false;
    } while (this.take(","));
    return this.take(closer);
  }

  member(): boolean {
    this.space();
    return this.string() && this.space() && this.take(":") && this.value();
  }

  string(): boolean {
    if (!this.take('"')) return false;
    while (!this.take('"')) {
      if (this.take("\\")) {
        if (!this.escape()) return false;
      } else if (this.at < this.text.length && this.text.charCodeAt(this.at) >= 32) this.at++;
      else return false;
    }
    return true;
  }

  escape(): boolean {
    if (this.take("u")) return this.hex(4);
    return this.any(/["\\/bfnrt]/);
  }

  hex(digits: number): boolean {
    for (let taken = 0; taken < digits; taken++) if (!this.any(/[0-9a-fA-F]/)) return false;
    return true;
  }

  number(): boolean {
    this.take("-");
    if (!this.take("0") && !this.digits()) return false;
    if (this.take(".") && !this.digits()) return false;
    if (!this.any(/[eE]/)) return true;
    this.any(/[+-]/);
    return this.digits();
  }

  digits(): boolean {
    if (!this.any(/[0-9]/)) return false;
    while (this.any(/[0-9]/));
    return true;
  }

  word(letters: string): boolean {
    for (const letter of letters) if (!this.take(letter)) return false;
    return true;
  }

  space(): true {
    while (this.any(/[ \t\n\r]/));
    return true;
  }

  take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  any(of: RegExp): boolean {
    if (this.at >= this.text.length || !of.test(this.text[this.at]!)) return false;
    this.at++;
    return true;
  }
}
