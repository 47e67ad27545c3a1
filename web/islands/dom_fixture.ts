import { Window } from "happy-dom";

const TAKEN = ["document", "HTMLElement", "SVGElement", "Node", "Text", "MutationObserver"] as const;

/**
 * For tests: gives this process a document, so that components can be rendered and clicked. Deno's own Event stays:
 * its EventTarget knows no other.
 */
export function installDom(): Disposable {
  const window = new Window({ url: "http://localhost/" });
  const globals = globalThis as unknown as Record<string, unknown>;
  const before = new Map(["window", ...TAKEN].map((name) => [name, globals[name]]));
  globals["window"] = window;
  for (const name of TAKEN) globals[name] = window[name];
  return {
    [Symbol.dispose]() {
      for (const [name, value] of before) {
        if (value === undefined) delete globals[name];
        else globals[name] = value;
      }
    },
  };
}
