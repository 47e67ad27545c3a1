/**
 * A signal that aborts when the process is asked to stop: SIGTERM from a supervisor, SIGINT from a keyboard. A
 * second request ends the process at once.
 */
export function shutdownSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) Deno.exit(130);
    controller.abort(new DOMException("The process was asked to stop", "AbortError"));
  };
  Deno.addSignalListener("SIGTERM", stop);
  Deno.addSignalListener("SIGINT", stop);
  return controller.signal;
}
