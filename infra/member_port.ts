import { ToldError } from "@countinghouse/shared/told_error";
import { isFree, type Ports } from "./local/mod.ts";

/** The port that was asked for can't be had. */
export class MemberPortError extends ToldError {
  override name = "MemberPortError";
}

/** A port that a member of the workspace listens on. */
export interface MemberPort {
  /** What is served there: "the dashboard". */
  readonly serves: string;
  readonly port: number;
  readonly defaultPort: number;
  /** The variable that sets it. */
  readonly variable: string;
}

/**
 * The port that a member gets: the one that somebody chose, in the environment or by another value than the default,
 * which must be free; where nobody chose, the default or the next free one.
 *
 * @throws {MemberPortError} where the port that was chosen is in use.
 */
export function chooseMemberPort(
  { serves, port, defaultPort, variable }: MemberPort,
  ports: Ports,
  environment: (name: string) => string | undefined = (name) => Deno.env.get(name),
): number {
  const wasChosen = environment(variable) !== undefined || port !== defaultPort;
  if (!wasChosen) return ports.next(port);
  if (isFree(port)) return port;
  throw new MemberPortError(
    `Cannot serve ${serves} on port ${port}, which ${variable} or countinghouse.json asks for: it is in use`,
  );
}
