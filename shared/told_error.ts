/** What a person can do something about. It is told in its own sentence, without where in the code it arose. */
export class ToldError extends Error {
  override name = "ToldError";
}
