import { useEffect, useState } from "preact/hooks";
import type { BooksTotal } from "../api/ledger.ts";
import { formatCount } from "./format.ts";
import type { IslandProps } from "./live_minutes.ts";
import { useLive } from "./use_live.ts";

const REFRESH_MS = 10_000;

/** The books in a line: every record read is counted, a duplicate or dead-lettered. */
export default function Books({ live }: IslandProps) {
  const { books: rendered, locale } = useLive(live);
  const [books, setBooks] = useState(rendered);
  useEffect(() => {
    const timer = setInterval(async () => {
      if (document.hidden) return;
      const fresh = await readLedger();
      if (fresh !== undefined) setBooks(fresh);
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, []);

  if (books === null) return <p class="books">The books can't be read at the moment.</p>;
  const count = (value: number) => <b>{formatCount(value, locale)}</b>;
  const isBalanced = books.read === books.counted + books.duplicates + books.dead_lettered;
  return (
    <p class="books">
      <a href="/ledger">The books</a> {isBalanced ? "balance" : "do not balance"}:{" "}
      <span class="books-sum">
        {count(books.read)} read = {count(books.counted)} counted + {count(books.duplicates)} duplicates +
        {" "}
        {count(books.dead_lettered)} dead-lettered
      </span>
    </p>
  );
}

async function readLedger(): Promise<BooksTotal | undefined> {
  try {
    const response = await fetch("/ledger");
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
