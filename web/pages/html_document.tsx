import type { ComponentChildren } from "preact";

/** Addresses of the built client. */
export interface ClientFiles {
  readonly script: string;
  readonly style: string;
  /** Chunks that the script is going to ask for. */
  readonly preload: readonly string[];
}

const ICON = "data:image/svg+xml," + encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5fa5"/>` +
    `<g stroke="#fff" stroke-width="2.6" stroke-linecap="round"><path d="M9 8v16M14.7 8v16M20.3 8v16M26 8v16"/>` +
    `<path d="M5.5 21.5 29 10.5"/></g></svg>`,
);

/** The frame of every page. `state` is what its islands start from. */
export function HtmlDocument({ title, client, nonce, state, children }: {
  readonly title: string;
  readonly client: ClientFiles;
  readonly nonce: string | undefined;
  readonly state: unknown;
  readonly children: ComponentChildren;
}) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        <link rel="icon" href={ICON} />
        <link rel="stylesheet" href={client.style} />
        {client.preload.map((file) => <link key={file} rel="modulepreload" href={file} />)}
        <script type="module" src={client.script} nonce={nonce} />
      </head>
      <body>
        {children}
        <script
          id="live-state"
          type="application/json"
          dangerouslySetInnerHTML={{ __html: jsonForHtml(state) }}
        />
      </body>
    </html>
  );
}

/** JSON that can't end the element it stands in. */
function jsonForHtml(state: unknown): string {
  return JSON.stringify(state).replaceAll("<", "\\u003c");
}
